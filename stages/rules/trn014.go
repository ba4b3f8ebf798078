package rules

import (
	"fmt"
	"strings"

	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// TRN014 finds early stopping that gives up at once.
var TRN014 = &Rule{Code: trn014, Training: func(c *pipeline.Check, t *Training) {
	for i, callback := range t.Callbacks {
		early, is := callback.(*train.EarlyStopping)
		if !is {
			continue
		}
		reportLeap(c, i, early)
		if early.Patience > 1 {
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

// leap is by how much a share may have to get better: two such steps are the way
// from 0 to 1.
const leap = 0.5

// reportLeap finds improvements that a share between 0 and 1 cannot make.
func reportLeap(c *pipeline.Check, callback int, early *train.EarlyStopping) {
	if early.MinDelta < leap || train.Direction(early.Column) != "max" || strings.TrimPrefix(early.Column, "val_") == "r2" {
		return
	}
	at := c.At("callbacks", fmt.Sprint(callback), "early_stopping", "min_delta")
	c.Report(diag.New(trn014, at, fmt.Sprintf("%s is at most 1: it cannot get better by %g again and again", early.Column, early.MinDelta)).
		Note("an epoch that is better by less counts as one without improvement").
		Suggest("use a min_delta of 0.01 or less", replace(at, "0.001")...))
}

var trn014 = &diag.Code{
	ID: "TRN014", Severity: diag.Warning,
	Title: "early stopping without patience",
	Means: "`early_stopping` has a `patience` of 0 or 1 (0 is the default, as in Keras), or a `min_delta` of 0.5 and more for a number such as the accuracy, which is at most 1.",
	Why:   "The first epoch that is a little worse by chance ends the training, often the second one.",
	Ways:  []string{"`patience: 10`", "a `min_delta` of 0.01 or less"},
	Fails: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, callbacks: [early_stopping: {monitor: loss}]}"),
	Mended: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, callbacks: [early_stopping: {monitor: loss, patience: 10}]}"),
}
