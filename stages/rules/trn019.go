package rules

import (
	"fmt"
	"strconv"

	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// TRN019 compares a schedule with the training around it: with the number of
// epochs, and with the learning rate that it starts from.
var TRN019 = &Rule{Code: trn019, Training: func(c *pipeline.Check, t *Training) {
	if t.Schedule == nil || t.Epochs < 1 {
		return
	}
	name, _ := optim.Schedules().NameOf(t.Schedule)
	if warmup := t.Schedule.WarmsUp(t.Epochs); warmup >= float64(t.Epochs) {
		at := c.At("schedule", name, "warmup")
		c.Report(diag.New(trn019, at, fmt.Sprintf("the warm-up takes %g epochs", warmup)).
			And(c.At("epochs"), fmt.Sprintf("%s in all", plural(t.Epochs, "epoch"))).
			Note("the learning rate would be rising until the training ends").
			Suggest("use a shorter warm-up, such as a tenth of the training", replace(at, strconv.FormatFloat(max(float64(t.Epochs)/10, 0.1), 'g', -1, 64))...))
		return
	}
	line, is := t.Schedule.(*optim.Polynomial)
	if !is || line.EndLearningRate < t.Optimizer.Rate() {
		return
	}
	at := c.At("schedule", name, "end_learning_rate")
	var edit []diag.Edit
	if c.Given("schedule", name, "end_learning_rate") {
		edit = replace(at, "0")
	}
	c.Report(diag.New(trn019, at, fmt.Sprintf("the learning rate ends at %g", line.EndLearningRate)).
		And(c.At("optimizer"), fmt.Sprintf("it starts at %g", t.Optimizer.Rate())).
		Note("a polynomial schedule is there to lower the learning rate; this one would not").
		Suggest(fmt.Sprintf("set an end_learning_rate below %g", t.Optimizer.Rate()), edit...))
}}

var trn019 = &diag.Code{
	ID: "TRN019", Severity: diag.Warning,
	Title: "the schedule does not fit the training",
	Means: "The warm-up is as long as the training or longer; or a polynomial schedule ends at a learning rate that is not below the one it starts from.",
	Why:   "In the first case the optimizer never gets its learning rate, and nothing that follows the warm-up is done. In the second the learning rate rises where it was meant to fall.",
	Ways:  []string{"a shorter `warmup`; it is counted in epochs", "an `end_learning_rate` below the optimizer's `learning_rate`"},
	Fails: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train:\n      {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 10,\n       schedule: {cosine: {warmup: 500}}}"),
	Mended: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train:\n      {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 10,\n       schedule: {cosine: {warmup: 0.5}}}"),
}
