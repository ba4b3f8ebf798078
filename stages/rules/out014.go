package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT014 compares the targets of a regression with what the last activation can
// give.
var OUT014 = &Rule{Code: out014, Training: func(c *pipeline.Check, t *Training) {
	d := t.Dataset
	h := headOf(t.Model)
	least, most, bounded := rangeOfActivation(h)
	if !bounded || !h.direct || t.Task.Kind != metric.Regression || d.Labels.Kind != pipeline.Real ||
		d.Facts == nil || d.Facts.Labels == nil || len(d.Facts.Labels.Reals) == 0 {
		return
	}
	outside, first := 0, 0
	for i, v := range d.Facts.Labels.Reals {
		if v < least || v > most {
			if outside == 0 {
				first = i
			}
			outside++
		}
	}
	if outside == 0 {
		return
	}
	low, high, _, _ := spread(d.Facts.Labels.Reals)
	gives := fmt.Sprintf("%s gives %g to %g", h.name(), least, most)
	if math.IsInf(most, 1) {
		gives = fmt.Sprintf("%s gives nothing below %g", h.name(), least)
	}
	c.ReportUnless(h.allow, diag.New(out014, h.activationAt, gives).
		And(d.Labels.At.Span, fmt.Sprintf("the targets are %.4g to %.4g", low, high)).
		Note("the label of example %d is %g, which this model can never say; so are %d of %d", first/max(d.Facts.Labels.Width, 1), d.Facts.Labels.Reals[first], outside, len(d.Facts.Labels.Reals)).
		Suggest("leave the last activation out", h.deactivate()...))
}}

// rangeOfActivation is what the last activation can give; false if that is
// everything, or unknown.
func rangeOfActivation(h head) (least, most float64, bounded bool) {
	switch h.activation.(type) {
	case *layers.Sigmoid, *layers.Softmax:
		return 0, 1, true
	case *layers.Tanh:
		return -1, 1, true
	case *layers.ReLU, *layers.Softplus:
		return 0, math.Inf(1), true
	}
	return 0, 0, false
}

var out014 = &diag.Code{
	ID: "OUT014", Severity: diag.Error,
	Title: "targets that the last activation cannot give",
	Means: "The model is trained to say numbers, and ends in an activation with a bounded range: `sigmoid` gives 0 to 1, `tanh` -1 to 1, `relu` and `softplus` nothing below 0. Some targets are outside.",
	Why:   "The output runs against its bound, where the gradient is 0, and stays there: the error of these examples never gets smaller.",
	Ways: []string{
		"no activation at the end of a regression",
		"bring the targets into the activation's range, in their file",
	},
}
