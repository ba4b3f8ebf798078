package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

const (
	// largeInput is the mean of |x| from which values count as unscaled: those of a
	// z-score have 0.8.
	largeInput = 10
	// squareOverflows is beyond what float32 can still square.
	squareOverflows = 1.8e19
	// saturates is where a sigmoid or a tanh no longer has a gradient to speak of.
	saturates = 5
)

// DAT003 finds values that are too large for the first weights.
var DAT003 = &Rule{Code: dat003, Voxels: func(s pipeline.Site, v *Scan) {
	c := v.Fed.OverAll(v.training())
	largest := math.Max(math.Abs(c.Min), math.Abs(c.Max))
	if v.Model == nil || c.Count == 0 || c.MeanAbs < largeInput && largest < squareOverflows || normalizesInput(v.Model.Graph) {
		return
	}
	d := diag.New(dat003, scaledAt(v.Dataset), fmt.Sprintf("the mean of |x| is %.3g, the range %.4g to %.4g, from here on", c.MeanAbs, c.Min, c.Max)).
		And(v.Model.At.Span, "the first layer takes them as they are").
		Note("weights start out for a mean of |x| near 1; from %d on, training is often stuck", largeInput).
		Suggest("put normalize: {method: z_score} below the split").
		Suggest("or begin the model with batch_norm")
	activation, fan := firstActivation(v.Model)
	spread := math.Sqrt(c.Mean*c.Mean+c.Squares/float64(c.Count)) * math.Sqrt(2) // glorot_uniform: a variance of 2/(in + out)
	switch {
	case largest >= squareOverflows:
		d = d.Note("the square of %.3g is beyond float32", largest)
	case activation != "" && fan && spread > saturates:
		d = d.Note("the scores of the first layer are about ±%.3g: its %s has no gradient beyond ±%d", spread, activation, saturates)
	default:
		if _, _, _, known := rangeOf(v.Dataset); known {
			return // PRE002 says it without the voxels
		}
		d = d.As(diag.Warning)
	}
	s.Report(d)
}}

// scaledAt is where the scale of the values was decided: by the last stage that
// brings them to one, or else by the volumes themselves.
func scaledAt(d *pipeline.Dataset) diag.Span {
	for i := len(d.Steps) - 1; i >= 0; i-- {
		if d.Steps[i].Scales {
			return d.Steps[i].At.Span
		}
	}
	return d.ExamplesAt.Span
}

// firstActivation is the activation that ends the first layer of weights, if it
// saturates. Fan says that the layer has about as many inputs as outputs or more,
// so that its scores are about as large as what it is given.
func firstActivation(m *pipeline.Model) (name string, fan bool) {
	for i := range m.Graph.Nodes {
		var activation nn.Spec
		switch l := m.Graph.Nodes[i].Spec.(type) {
		case *layers.Conv3D:
			activation = l.Activation()
		case *layers.Dense:
			activation = l.Activation()
		default:
			continue
		}
		switch activation.(type) {
		case *layers.Sigmoid:
			return "sigmoid", true
		case *layers.Tanh:
			return "tanh", true
		case *layers.Softmax:
			return "softmax", true
		}
		return "", false
	}
	return "", false
}

var dat003 = &diag.Code{
	ID: "DAT003", Severity: diag.Error,
	Title: "the model is given values that are far too large",
	Means: "After all preprocessing the mean of |x| is 10 or more, and no normalization stands at the start of the model. It is an error where the first layer saturates (sigmoid, tanh or softmax) or float32 overflows, and a warning where the values are merely large. Values of a z-score up to ±10 are fine.",
	Why:   "Weights start out for values near 1. With values in the hundreds the first scores are huge, the softmax says 0 or 1 for a single class, and the loss stays at 16.1 × (1 - accuracy) or becomes NaN.",
	Ways: []string{
		"`normalize: {method: z_score}` or `min_max` below the split",
		"`batch_norm` as the model's first layer",
		"`allow: {DAT003: reason}` beside the train stage, if the training is known to bear it",
	},
}
