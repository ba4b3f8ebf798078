package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// More than half of an image at the upper bound, or all but a fiftieth at the
// lower one: air below the window of a CT is no fault.
const (
	saturatedHigh = 0.5
	saturatedLow  = 0.98
)

// DAT013 finds a clip that leaves most voxels at a bound.
var DAT013 = &Rule{Code: dat013, Voxels: func(s pipeline.Site, v *Scan) {
	if v.Raw == nil || !v.clipped() {
		return
	}
	var clip pipeline.Step
	for _, step := range v.Dataset.Steps {
		if step.Kind == "clip" {
			clip = step
		}
	}
	fed, raw := v.Fed.OverAll(v.training()), v.Raw.OverAll(v.training())
	high, low := share(fed.AtMax, fed.Count), share(fed.AtMin, fed.Count)
	bound, at := "upper", high
	switch {
	case high > saturatedHigh && share(raw.AtMax, raw.Count) < high/2:
	case low > saturatedLow && share(raw.AtMin, raw.Count) < low/2:
		bound, at = "lower", low
	default:
		return
	}
	s.Report(diag.New(dat013, clip.At.Span, fmt.Sprintf("%.3g %% of the training voxels are at the %s bound behind this", 100*at, bound)).
		And(v.Dataset.ExamplesAt.Span, fmt.Sprintf("as stored they are %.4g to %.4g, with a mean of %.4g", raw.Min, raw.Max, raw.Mean)).
		Suggest("take the bounds from the voxels: clip: {percentiles: [0.5, 99.5]}").
		Suggest("a window in Hounsfield units fits CT alone: for MRI remove it, and use z_score"))
}}

func share(part, of int) float64 { return float64(part) / float64(max(of, 1)) }

var dat013 = &diag.Code{
	ID: "DAT013", Severity: diag.Warning,
	Title: "clipping cuts off most of the image",
	Means: "Behind a clip stage more than half of the training voxels have the upper bound, or more than 98 % the lower one, and they did not before.",
	Why:   "What is at a bound is all the same to the network. A window for CT on the arbitrary scale of an MRI leaves a white block.",
	Ways:  []string{"`clip: {percentiles: [0.5, 99.5]}`", "bounds that fit the scale of the files: see the numbers in the message", "`allow: {DAT013: reason}` beside the train stage, if only a silhouette is wanted"},
}
