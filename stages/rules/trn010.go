package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// stillRate is a learning rate at which no network moves.
const stillRate = 1e-8

// TRN010 follows a schedule through the training and finds epochs in which
// nothing would change. The end of one that falls to nothing as planned is not
// meant: a single epoch, or less than a tenth of the training.
var TRN010 = &Rule{Code: trn010, Training: func(c *pipeline.Check, t *Training) {
	if t.Schedule == nil || t.Epochs < 1 {
		return
	}
	still := t.Epochs
	for still > 0 && t.rateAt(still-1) < stillRate {
		still--
	}
	if rest := t.Epochs - still; rest < 2 || 10*rest < t.Epochs {
		return
	}
	c.Report(diag.New(trn010, c.At("schedule"), fmt.Sprintf("below %g from epoch %d of %d on", stillRate, still+1, t.Epochs)).
		And(c.At("epochs"), fmt.Sprintf("%s in all", plural(t.Epochs, "epoch"))).
		Note("the learning rate is %.3g at first, %.3g in epoch %d and %.3g in the last one: the weights would stay as they are for %s",
			t.rateAt(0), t.rateAt(still), still+1, t.rateAt(t.Epochs-1), plural(t.Epochs-still, "epoch")).
		Suggest("let the learning rate fall for the whole training, or end it higher", wholeTraining(c, t)...).
		Suggest(fmt.Sprintf("or train for %s", plural(max(still, 1), "epoch"))))
}}

// wholeTraining is the edit that has a schedule of so many epochs last as long as the
// training; none for one that does not say how long it lasts.
func wholeTraining(c *pipeline.Check, t *Training) []diag.Edit {
	name, ok := optim.Schedules().NameOf(t.Schedule)
	if !ok || !c.Given("schedule", name, "decay_epochs") {
		return nil
	}
	return replace(c.At("schedule", name, "decay_epochs"), fmt.Sprint(t.Epochs))
}

// rateAt is the learning rate with which an epoch, counted from 0, begins; where
// the first one begins with a warm-up from 0, with which it ends.
func (t *Training) rateAt(epoch int) float64 {
	const steps = 100 // schedules are written in epochs, and a hundredth of one is near enough
	clock := optim.Clock{Step: epoch * steps, PerEpoch: steps, Total: t.Epochs * steps}
	if float64(epoch) < t.Schedule.WarmsUp(t.Epochs) {
		clock.Step += steps - 1
	}
	return t.Schedule.At(t.Optimizer.Rate(), clock)
}

var trn010 = &diag.Code{
	ID: "TRN010", Severity: diag.Warning,
	Title: "the learning rate falls to nothing long before the training ends",
	Means: "The schedule takes the learning rate below 1e-08, where no step moves a weight by anything that counts, and the training goes on for epochs.",
	Why:   "Those epochs take as long as the others and change nothing. Usually the schedule was written for a shorter training.",
	Ways:  []string{"leave `decay_epochs` out: the learning rate then falls until the training ends", "a larger `decay_rate`, `gamma`, `alpha` or `end_learning_rate`", "fewer `epochs`"},
	Fails: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train:\n      {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 50,\n       schedule: {cosine: {decay_epochs: 3}}}"),
	Mended: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train:\n      {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 50,\n       schedule: {cosine: {warmup: 3}}}"),
}
