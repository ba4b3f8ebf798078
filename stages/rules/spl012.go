package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

const (
	// deviations is how many standard deviations of the examples' means the means of two
	// partitions lie apart before that is more than a matter of cases.
	deviations = 2
	// fewestToCompare is from how many examples on partitions are compared.
	fewestToCompare = 10
)

// SPL012 finds partitions whose images look different.
var SPL012 = &Rule{Code: spl012, Voxels: func(s pipeline.Site, v *Scan) {
	train := v.training()
	mean, spread := brightness(v.Fed, train)
	of := v.Fed.OverAll(train)
	for p, name := range v.Partitions {
		if p == v.trainingGroup() || len(train) < fewestToCompare || len(v.Members[p]) < fewestToCompare {
			continue
		}
		other, otherSpread := brightness(v.Fed, v.Members[p])
		apart := math.Abs(other - mean)
		if apart == 0 || apart < deviations*math.Max(spread, otherSpread) || apart < 0.5*of.Deviation() {
			continue
		}
		part, _ := v.Dataset.Partition(name)
		s.Report(diag.New(spl012, part.At.Span, fmt.Sprintf("the mean of the voxels is %.3g in %s and %.3g in %s", mean, v.Partitions[v.trainingGroup()], other, name)).
			And(v.Dataset.ExamplesAt.Span, "the volumes come from here").
			Note("from example to example it varies by ±%.2g", math.Max(spread, otherSpread)).
			Suggest("see whether the partitions come from other scanners, or were saved in other units").
			Suggest("normalize: {over: example} takes such a difference away"))
	}
}}

// brightness is the mean and the standard deviation of examples' means.
func brightness(r *scan.Result, examples []int) (mean, spread float64) {
	for _, i := range examples {
		mean += r.Whole(i).Mean / float64(len(examples))
	}
	for _, i := range examples {
		spread += (r.Whole(i).Mean - mean) * (r.Whole(i).Mean - mean) / float64(len(examples))
	}
	return mean, math.Sqrt(spread)
}

var spl012 = &diag.Code{
	ID: "SPL012", Severity: diag.Warning,
	Title: "the images of two partitions differ",
	Means: "The mean of the voxels, as the model is given them, differs between two partitions by more than twice what it varies by from example to example, and by more than half the standard deviation of the voxels.",
	Why:   "What is learnt on images of one kind is measured on images of another: the accuracy tells how well the network bears the change, not how well it does the task.",
	Ways:  []string{"put all files together and split them at random: `split`", "bring both to the same units", "`normalize: {method: z_score, over: example}`", "`allow: {SPL012: reason}` beside the train stage, if another scanner is what is tested"},
}
