package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// DAT001 finds voxels that are not finite. Stages that learn from voxels report it
// too, since they cannot go on.
var DAT001 = &Rule{Code: dat001, Voxels: func(s pipeline.Site, v *Scan) {
	if _, cast := BeyondFloat16(v.Dataset, v.stored(), v.every()); cast && v.Raw != nil {
		if _, before := NotFinite(v.Dataset, v.Raw); !before {
			return // DAT017
		}
	}
	if d, found := NotFinite(v.Dataset, v.Fed); found {
		s.Report(d)
	}
}}

// NotFinite counts the voxels that are NaN or infinite, if there are any.
func NotFinite(d *pipeline.Dataset, r *scan.Result) (diag.Diagnostic, bool) {
	var wrong []int
	nan, inf, all := 0, 0, 0
	for i := range r.Examples {
		c := r.Whole(i)
		all += c.Count + c.NaN + c.Inf
		nan, inf = nan+c.NaN, inf+c.Inf
		if c.NaN+c.Inf > 0 {
			wrong = append(wrong, i)
		}
	}
	if len(wrong) == 0 {
		return diag.Diagnostic{}, false
	}
	first := r.Whole(wrong[0])
	problem := diag.New(dat001, d.ExamplesAt.Span, fmt.Sprintf("%s: %d NaN and %d infinite of %d voxels (%.2g %%)",
		samples(wrong), nan, inf, all, 100*float64(nan+inf)/float64(all))).
		Note("the first one is in sample %d at %v; %s", wrong[0], r.Place(first.First), fromZero)
	if nan > 0 {
		problem = problem.Suggest("mend the samples (`np.nan_to_num`), or leave them out of volumes and labels")
	} else {
		problem = problem.Suggest("mend the samples, or leave them out of volumes and labels").
			Suggest("or, if infinite values are meant, keep them in bounds above this stage: clip: {range: [low, high]}")
	}
	return problem, true
}

var dat001 = &diag.Code{
	ID: "DAT001", Severity: diag.Error,
	Title: "voxels that are not finite",
	Means: "Some voxels are NaN or infinite. The message says in which samples, counting from 0, how many they are, and where the first one is.",
	Why:   "One NaN is enough: it reaches every weight in a single step, and from then on the loss is NaN and every prediction the same.",
	Ways: []string{
		"mend the file: NaN often marks voxels outside the brain or the field of view, which may be 0 instead (`np.nan_to_num`)",
		"leave the sample out of volumes and labels",
		"where values are infinite and not NaN: `clip: {range: [low, high]}` above the stage that reads them",
	},
}
