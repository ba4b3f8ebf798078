package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// usualRates are the learning rates between which an optimizer is usually right.
func usualRates(o optim.Optimizer) (low, high float64) {
	switch o := o.(type) {
	case *optim.SGD:
		if o.Momentum >= 0.9 {
			return 1e-5, 0.1
		}
		return 1e-5, 0.5
	case *optim.Adagrad:
		return 1e-5, 0.5
	case *optim.Lion:
		return 1e-7, 3e-3
	}
	return 1e-6, 1e-2
}

// TRN001 finds learning rates far above those that are usual. From 1 on nothing
// learns.
var TRN001 = &Rule{Code: trn001, Training: func(c *pipeline.Check, t *Training) {
	rate, name := t.Optimizer.Rate(), optimizerName(t.Optimizer)
	_, high := usualRates(t.Optimizer)
	if rate <= high {
		return
	}
	at := c.At("optimizer", name, "learning_rate")
	d := diag.New(trn001, at, fmt.Sprintf("each step goes %.3g times as far as is usual at most", rate/high)).
		Note("with %s, rates above %g rarely learn; the default is %g", name, high, defaultRate(name))
	if rate >= 1 {
		d = d.As(diag.Error)
	}
	c.Report(d.Suggest(fmt.Sprintf("use a learning_rate of %g", defaultRate(name)), replace(at, fmt.Sprint(defaultRate(name)))...))
}}

// optimizerName is an optimizer's name in the language.
func optimizerName(o optim.Optimizer) string {
	name, _ := optim.Table().NameOf(o)
	return name
}

// defaultRate is the learning rate that an optimizer has where none is written.
func defaultRate(name string) float64 {
	usual, _ := optim.Table().New(name)
	return usual.(optim.Optimizer).Rate()
}

var trn001 = &diag.Code{
	// A warning, so that it can be allowed; from 1 on it is an error.
	ID: "TRN001", Severity: diag.Warning,
	Title: "a very high learning rate",
	Means: "The learning rate is above what usually learns: 0.01 for `adam` and its kin, 0.5 for `sgd` (0.1 with a momentum of 0.9 and more), 0.003 for `lion`. From 1 on it is an error.",
	Why:   "Steps that are too long jump over every valley. The loss swings, becomes NaN, or the outputs saturate at 0 and 1, where no gradient is left.",
	Ways:  []string{"the default `learning_rate`", "a `schedule` with `warmup` where a high rate is meant"},
	Fails: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: {adam: {learning_rate: 0.1}}, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: {adam: {learning_rate: 0.001}}, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
