package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// TRN002 finds learning rates far below those that are usual.
var TRN002 = &Rule{Code: trn002, Training: func(c *pipeline.Check, t *Training) {
	rate, name := t.Optimizer.Rate(), optimizerName(t.Optimizer)
	low, _ := usualRates(t.Optimizer)
	if rate >= low {
		return
	}
	at := c.At("optimizer", name, "learning_rate")
	c.Report(diag.New(trn002, at, fmt.Sprintf("each step goes a %.3gth of the usual way", defaultRate(name)/rate)).
		Note("the default of %s is %g; below %g a training rarely gets anywhere", name, defaultRate(name), low).
		Suggest(fmt.Sprintf("use a learning_rate of %g", defaultRate(name)), replace(at, fmt.Sprint(defaultRate(name)))...))
}}

var trn002 = &diag.Code{
	ID: "TRN002", Severity: diag.Warning,
	Title: "a very low learning rate",
	Means: "The learning rate is below 1e-6 (`adam` and its kin) or 1e-5 (`sgd`).",
	Why:   "The weights hardly move: the loss stays where it began for as long as anybody waits.",
	Ways:  []string{"the default `learning_rate`"},
	Fails: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: {adam: {learning_rate: 1e-7}}, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: {adam: {learning_rate: 1e-4}}, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
