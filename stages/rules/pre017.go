package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// PRE017 finds statistics of examples that are mostly those of a background.
var PRE017 = &Rule{Code: pre017, Voxels: func(s pipeline.Site, v *Scan) {
	step, scaled := v.step("z_score", "over", "example")
	if v.Raw == nil || !scaled || strings.Contains(step.Does, "other than 0") {
		return
	}
	shares, zero := make([]float64, 0, len(v.training())), true
	for _, i := range v.training() {
		c := v.Raw.Whole(i)
		if c.Max > c.Min { // a background that was set to one value, and nothing below
			shares, zero = append(shares, share(c.AtMin, c.Count)), zero && c.Min == 0
		}
	}
	if len(shares) <= len(v.training())/2 {
		return
	}
	slices.Sort(shares)
	middle := shares[len(shares)/2]
	switch {
	case middle <= 0.5 || !zero && v.clipped():
	case !zero:
		s.Report(diag.New(pre017, step.At.Span, fmt.Sprintf("%.3g %% of the voxels of an example have its least value, and count in its mean and deviation", 100*middle)).
			And(v.Dataset.ExamplesAt.Span, "the volumes come from here").
			Suggest("scale all examples alike: over: dataset").
			Suggest("or set the background to 0 in the files, and leave it out of the numbers: mask: nonzero"))
	default:
		s.Report(diag.New(pre017, step.At.Span, fmt.Sprintf("%.3g %% of the voxels of an example are 0, and count in its mean and deviation", 100*middle)).
			And(v.Dataset.ExamplesAt.Span, "the volumes come from here").
			Suggest("leave the background out of the numbers: mask: nonzero"))
	}
}}

var pre017 = &diag.Code{
	ID: "PRE017", Severity: diag.Warning,
	Title: "the background decides how each example is scaled",
	Means: "`z_score` takes the mean and the standard deviation of each example by itself, and in most examples more than half of the voxels are a background: 0, or another value that nothing is below.",
	Why:   "The more background a volume has, the brighter its image becomes: the size of the head, not its contrast, sets the scale.",
	Ways:  []string{"`mask: nonzero` in the normalize stage", "`over: dataset`", "`allow: {PRE017: reason}` beside the train stage, if all volumes have equally much background"},
}
