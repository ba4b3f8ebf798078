package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Fewer steps than these are too few for anything: of phantoms, which are for trying
// out, and of volumes that somebody wants to learn from.
const (
	fewStepsToTry = 6
	fewSteps      = 10
)

// TRN012 finds trainings of a handful of steps.
var TRN012 = &Rule{Code: trn012, Training: func(c *pipeline.Check, t *Training) {
	n, known := trainingExamples(t.Dataset).Known()
	if !known || n == 0 || t.Epochs < 1 || t.BatchSize > n && (t.DropLast || c.Given("batch_size")) {
		return // TRN003 and TRN004 tell the rest
	}
	each := (n + t.BatchSize - 1) / t.BatchSize
	if t.DropLast {
		each = n / t.BatchSize
	}
	least := fewSteps
	if t.Dataset.Modality == "phantom" {
		least = fewStepsToTry
	}
	if each*t.Epochs >= least {
		return
	}
	at := c.At("epochs")
	enough := (100 + each - 1) / each
	c.Report(diag.New(trn012, at, fmt.Sprintf("%s of %s are %s", plural(t.Epochs, "epoch"), plural(each, "batch"), plural(each*t.Epochs, "step"))).
		And(trainingAt(t.Dataset), fmt.Sprintf("%s, %d in a batch", plural(n, "example"), t.BatchSize)).
		Note("each step changes a weight by about the learning rate: few of them lead nowhere").
		Suggest(fmt.Sprintf("train for about %d epochs, which are 100 steps", enough), replace(at, fmt.Sprint(enough))...).
		Suggest("or use smaller batches"))
}}

var trn012 = &diag.Code{
	ID: "TRN012", Severity: diag.Warning,
	Title: "a training of a few steps",
	Means: "Epochs times batches give fewer than ten steps; of phantoms, which are for trying out, fewer than six.",
	Why:   "With small data an epoch is a batch or two, and two epochs are nothing: the weights are nearly those that were drawn.",
	Ways:  []string{"more `epochs`", "a smaller `batch_size`"},
	Fails: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 2}"),
	Mended: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, batch_size: 8}"),
}
