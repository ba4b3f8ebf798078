package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// TRN011 finds a momentum or a weight decay of an unusual size. Lion is used
// with a decay ten times that of AdamW, as its authors say.
var TRN011 = &Rule{Code: trn011, Training: func(c *pipeline.Check, t *Training) {
	name := optimizerName(t.Optimizer)
	most := 0.1
	if _, lion := t.Optimizer.(*optim.Lion); lion {
		most = 3
	}
	if decay := optim.WeightDecay(t.Optimizer); decay > most {
		at := c.At("optimizer", name, "weight_decay")
		c.Report(diag.New(trn011, at, fmt.Sprintf("each step takes %.2g %% off every weight", 100*decay*t.Optimizer.Rate())).
			Note("1e-4 to 1e-2 are usual; from %g on the weights hardly grow", most).
			Suggest("use a weight_decay of 1e-2 or less", replace(at, "0.01")...))
	}
	momentum := 0.0
	switch o := t.Optimizer.(type) {
	case *optim.SGD:
		momentum = o.Momentum
	case *optim.RMSprop:
		momentum = o.Momentum
	}
	if momentum >= 0.99 {
		at := c.At("optimizer", name, "momentum")
		c.Report(diag.New(trn011, at, fmt.Sprintf("a step goes on for about %.0f steps more", 1/(1-momentum))).
			Note("each gradient counts 1 / (1 - %g) = %.0f times", momentum, 1/(1-momentum)).
			Suggest("use a momentum of 0.9", replace(at, "0.9")...))
	}
}}

var trn011 = &diag.Code{
	ID: "TRN011", Severity: diag.Warning,
	Title: "an unusual momentum or weight decay",
	Means: "A `momentum` is 0.99 or more, or a `weight_decay` above 0.1 (3 for `lion`).",
	Why:   "So much momentum keeps steps going in directions that were right a hundred steps ago; so much decay keeps the weights near zero.",
	Ways:  []string{"`momentum: 0.9`", "`weight_decay: 1e-2` or less"},
	Fails: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: {sgd: {momentum: 0.99}}, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: {sgd: {momentum: 0.9}}, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
