package rules

import (
	"fmt"
	"math"
	"slices"

	"github.com/voxelpipe/pipe/nn/layers"
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
	reportAveraging(c, t, name)
	reportMovingStatistics(c, t)
	if momentum >= 0.99 {
		at := c.At("optimizer", name, "momentum")
		c.Report(diag.New(trn011, at, fmt.Sprintf("a step goes on for about %.0f steps more", 1/(1-momentum))).
			Note("each gradient counts 1 / (1 - %g) = %.0f times", momentum, 1/(1-momentum)).
			Suggest("use a momentum of 0.9", replace(at, "0.9")...))
	}
}}

// reportAveraging finds shares of Adam's running means that are unusual: so much of
// the old gradients that a step goes nowhere new, or squares that are forgotten sooner
// than the gradients they divide.
func reportAveraging(c *pipeline.Check, t *Training, name string) {
	first, second, has := 0.0, 0.0, true
	switch o := t.Optimizer.(type) {
	case *optim.Adam:
		first, second = o.Beta1, o.Beta2
	case *optim.AdamW:
		first, second = o.Beta1, o.Beta2
	case *optim.Nadam:
		first, second = o.Beta1, o.Beta2
	default:
		has = false
	}
	switch at := c.At("optimizer", name, "beta_1"); {
	case !has:
	case first*first > second:
		if at := c.At("optimizer", name, "beta_2"); c.Given("optimizer", name, "beta_2") {
			c.Report(diag.New(trn011, at, "the mean of squares forgets a gradient before the mean of gradients does").
				Note("a large gradient that is gone from the squares, and not from the mean, makes steps of any length: beta_1² = %.3g has to be below beta_2 = %g", first*first, second).
				Suggest("use a beta_2 of 0.999", replace(at, "0.999")...).
				Suggest("and a beta_1 of 0.9"))
			return
		}
		fallthrough
	case first >= 0.99:
		c.Report(diag.New(trn011, at, fmt.Sprintf("a step goes on for about %.0f steps more", 1/(1-first))).
			Note("each gradient counts in the mean of 1 / (1 - %g) = %.0f steps", first, 1/(1-first)).
			Suggest("use a beta_1 of 0.9", replace(at, "0.9")...))
	}
}

// reportMovingStatistics finds batch norms whose moving statistics are, when the
// training ends, still mostly what they began with.
func reportMovingStatistics(c *pipeline.Check, t *Training) {
	const usual, half = 0.99, 0.5
	updates, known := updates(t)
	if !known || t.Model.Start != nil {
		return // the statistics may have come with the weights
	}
	w := wired(t.Model)
	var told []diag.Span
	for i := range t.Model.Graph.Nodes {
		node := w.node(i)
		norm, is := node.Spec.(*layers.BatchNorm)
		if !is || node.Frozen || norm.Momentum <= usual {
			continue
		}
		stays := math.Pow(norm.Momentum, float64(updates))
		place := w.place(i)
		at := place.Setting("momentum")
		if stays <= half || slices.Contains(told, at) {
			continue
		}
		told = append(told, at)
		d := diag.New(trn011, at, fmt.Sprintf("at the end of the training %.0f %% of the moving statistics are still what they began with", 100*stays)).
			And(c.At("epochs"), fmt.Sprintf("the whole training has %s", plural(updates, "step"))).
			Note("%g^%d = %.2g; validation and prediction work with these statistics, training does not", norm.Momentum, updates, stays)
		if math.Pow(0.9, float64(updates)) < half {
			d = d.Suggest("set the momentum of batch_norm to 0.9", replace(at, "0.9")...)
		}
		c.ReportUnless(place.Allow, d.Suggest("train for more steps, or use group_norm or instance_norm, which keep no statistics"))
	}
}

// updates is how many steps a training has; false where it is not known.
func updates(t *Training) (int, bool) {
	n, known := trainingExamples(t.Dataset).Known()
	if !known || n == 0 || t.Epochs < 1 || t.BatchSize < 1 {
		return 0, false
	}
	each := (n + t.BatchSize - 1) / t.BatchSize
	if t.DropLast {
		each = n / t.BatchSize
	}
	return each * t.Epochs, each > 0
}

var trn011 = &diag.Code{
	ID: "TRN011", Severity: diag.Warning,
	Title: "an unusual momentum or weight decay",
	Means: "A `momentum` or `beta_1` of an optimizer is 0.99 or more, `beta_2` is below `beta_1`², or a `weight_decay` is above 0.1 (3 for `lion`). The `momentum` of a `batch_norm` is above 0.99, and so near to 1 that more than half of the moving statistics are what they began with when the training ends: with a momentum m, n steps leave mⁿ of it.",
	Why:   "So much momentum keeps steps going in directions that were right a hundred steps ago; so much decay keeps the weights near zero. A network with moving statistics that have not arrived is right in training and guesses in validation.",
	Ways:  []string{"`momentum: 0.9`", "`weight_decay: 1e-2` or less", "`batch_norm: {momentum: 0.9}` for short trainings"},
	Fails: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: {sgd: {momentum: 0.99}}, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: {sgd: {momentum: 0.9}}, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
