package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// Codes of the catalogue that no config of this language can earn: each has a page
// that says how, and no check.
var (
	MET006 = prevented("MET006", "a metric on part of the validation data",
		"every metric is measured on all examples of the validation partition, at the end of each epoch; there is no setting that leaves some out.",
		"A number measured on a part of the data moves with the part.")
	TRN007 = prevented("TRN007", "a sum that overflows in half precision",
		"losses are summed in float64 and everything else in float32; there is no half precision.",
		"In float16 the sum over 262 144 voxels overflows at 65 504.")
	TRN009 = prevented("TRN009", "a run without a seed",
		"`seed` is 0 where it is not written, it is kept in the run's record, and the same seed gives the same bits for any number of threads.",
		"Without a seed nobody can tell a better network from a luckier one.")
	TRN018 = prevented("TRN018", "data that do not fit into memory",
		"examples are held in memory up to 2 GiB and read again in each epoch beyond that; `pipe run` compares what a training needs with what the machine has before it starts.",
		"A process that takes more than there is, is killed.")
)

// prevented is a page on a fault that cannot be written here.
func prevented(id, title, how, why string) *Rule {
	return &Rule{Code: &diag.Code{
		ID: id, Severity: diag.Info, Title: title, Means: "Here it cannot be written: " + how, Why: why,
		Ways: []string{"nothing has to be done here; in another program, look for it"},
	}}
}
