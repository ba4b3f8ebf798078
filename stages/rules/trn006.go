package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// TRN006 finds epsilons that are 0 in the precision that is trained in. Adagrad's
// divisor has its first value in it as well.
var TRN006 = &Rule{Code: trn006, Training: func(c *pipeline.Check, t *Training) {
	if epsilon, divides := epsilonOf(t.Optimizer); divides && float32(epsilon) == 0 {
		at := c.At("optimizer", optimizerName(t.Optimizer), "epsilon")
		c.Report(diag.New(trn006, at, fmt.Sprintf("%g is 0 in float32, whose least number is %.2g", epsilon, leastNumber)).
			Note("a weight without a gradient, such as that of a dead relu, gets 0/0 = NaN").
			Suggest("use an epsilon of 1e-7", replace(at, "1e-7")...))
	}
	w := wired(t.Model)
	for i := range t.Model.Graph.Nodes {
		epsilon, divides := spreadEpsilon(w.node(i).Spec)
		if !divides || float32(epsilon) != 0 {
			continue
		}
		place := w.place(i)
		at := place.Setting("epsilon")
		c.ReportUnless(place.Allow, diag.New(trn006, at, fmt.Sprintf("%g is 0 in float32: nothing is added to the variance", epsilon)).
			Note("a channel that is the same everywhere has a variance of 0, and 0/0 = NaN").
			Suggest("use an epsilon of 1e-3", replace(at, "1e-3")...))
	}
}}

// leastNumber is the smallest above 0 in float32.
const leastNumber = 0x1p-149

// epsilonOf is what keeps an optimizer's divisor away from 0; false where nothing
// is divided, or something else keeps it away.
func epsilonOf(o optim.Optimizer) (float64, bool) {
	switch o := o.(type) {
	case *optim.Adam:
		return o.Epsilon, true
	case *optim.AdamW:
		return o.Epsilon, true
	case *optim.Nadam:
		return o.Epsilon, true
	case *optim.RMSprop:
		return o.Epsilon, true
	case *optim.Adagrad:
		return o.Epsilon, o.InitialAccumulatorValue == 0
	}
	return 0, false
}

// spreadEpsilon is what a normalization adds to the variance that it divides by.
func spreadEpsilon(s nn.Spec) (float64, bool) {
	switch s := s.(type) {
	case *layers.BatchNorm:
		return s.Epsilon, true
	case *layers.LayerNorm:
		return s.Epsilon, true
	case *layers.GroupNorm:
		return s.Epsilon, true
	case *layers.InstanceNorm:
		return s.Epsilon, true
	}
	return 0, false
}

var trn006 = &diag.Code{
	ID: "TRN006", Severity: diag.Error,
	Title: "an epsilon that the precision cannot hold",
	Means: "The `epsilon` of an optimizer or of a normalization is 0 in float32, in which all weights, gradients and averages are kept: it is below 7e-46. The default of 1e-7 is an ordinary number; in float16, which `pipe` does not train in, 1e-8 is 0 already.",
	Why:   "The first division by it is 0/0 = NaN, and one NaN reaches every weight.",
	Ways:  []string{"the default `epsilon`"},
	Fails: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: {adam: {epsilon: 1e-50}}, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: {adam: {epsilon: 1e-7}}, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
