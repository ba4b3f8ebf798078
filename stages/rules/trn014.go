package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// TRN014 finds early stopping that gives up at once.
var TRN014 = &Rule{Code: trn014, Training: func(c *pipeline.Check, t *Training) {
	for i, callback := range t.Callbacks {
		early, is := callback.(*train.EarlyStopping)
		if !is || early.Patience > 1 {
			continue
		}
		path := []string{"callbacks", fmt.Sprint(i), "early_stopping"}
		at := c.At(append(path, "patience")...)
		var edit []diag.Edit
		switch written := c.Places.Node(path...); {
		case c.Given(append(path, "patience")...):
			edit = replace(at, "10")
		case written != nil:
			edit = spec.Adding(written, "patience", "10")
		default: // the name alone
			edit = spec.Adding(c.Places.Node(path[:2]...), "patience", "10")
		}
		c.Report(diag.New(trn014, at, fmt.Sprintf("training ends after %s without a new best", plural(max(early.Patience, 1), "epoch"))).
			Note("%s goes up and down by chance: a single worse epoch says nothing", early.Column).
			Suggest("use a patience of 5 to 20", edit...))
	}
}}

var trn014 = &diag.Code{
	ID: "TRN014", Severity: diag.Warning,
	Title: "early stopping without patience",
	Means: "`early_stopping` has a `patience` of 0 or 1; 0 is the default, as in Keras.",
	Why:   "The first epoch that is a little worse by chance ends the training, often the second one.",
	Ways:  []string{"`patience: 10`"},
	Fails: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, callbacks: [early_stopping: {monitor: loss}]}"),
	Mended: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, callbacks: [early_stopping: {monitor: loss, patience: 10}]}"),
}
