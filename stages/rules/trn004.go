package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// TRN004 finds a training without a single step. A batch that is never filled
// is TRN003's.
var TRN004 = &Rule{Code: trn004, Training: func(c *pipeline.Check, t *Training) {
	if t.Epochs < 1 {
		d := diag.New(trn004, c.At("epochs"), fmt.Sprintf("%d epochs", t.Epochs))
		var edit []diag.Edit
		if c.Given("epochs") {
			edit = replace(c.At("epochs"), "10")
		} else {
			d.Primary.Label = "epochs is missing: nothing says how long to train"
		}
		c.Report(d.Note("an epoch is one pass over the training partition; without one nothing is learnt").
			Suggest("write epochs: 10, or however many it takes", edit...))
	}
	if trainingExamples(t.Dataset).Is(0) {
		c.Report(diag.New(trn004, c.Item.KindSpan, "there is nothing to train on").
			And(trainingAt(t.Dataset), "the training partition has 0 examples").
			Suggest("give the training partition examples"))
	}
}}

var trn004 = &diag.Code{
	ID: "TRN004", Severity: diag.Error,
	Title: "a training without a step",
	Means: "The number of epochs is zero, or the training partition is empty.",
	Why:   "The weights would stay as they were drawn, and the record would look like that of a trained model.",
	Ways:  []string{"`epochs` of at least 1", "a training partition with examples"},
	Fails: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 0}"),
	Mended: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 10}"),
}
