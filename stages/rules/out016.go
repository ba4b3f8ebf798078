package rules

import (
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT016 finds a loss between numbers behind a softmax over classes.
var OUT016 = &Rule{Code: out016, Training: func(c *pipeline.Check, t *Training) {
	h := headOf(t.Model)
	units, known := h.width()
	if !h.softmax() || h.constant() || !h.direct || t.Loss.Target() != loss.Real || !rowed(t.Dataset.Labels) || !known || units < 2 || wrongRank(t, h) {
		return
	}
	if width, told := targetWidth(t.Dataset); told && width != units {
		return
	}
	c.ReportUnless(h.allow, diag.New(out016, c.At("loss"), "this measures the distance between numbers").
		And(h.activationAt, "this gives the probabilities of classes").
		Note("where the model is sure of the wrong class the gradient through softmax is nearly 0, and it stays wrong").
		Suggest("use categorical_crossentropy", replaceLoss(c, "categorical_crossentropy")...))
}}

var out016 = &diag.Code{
	ID: "OUT016", Severity: diag.Warning,
	Title: "a distance between numbers as the loss of a choice among classes",
	Means: "The model ends in a softmax over the classes, and is trained with `mean_squared_error`, `mean_absolute_error` or `huber` against one-hot rows.",
	Why:   "It trains, but the worst mistakes have the least gradient: that of a softmax vanishes where it is sure. Cross-entropy cancels that factor.",
	Ways:  []string{"`categorical_crossentropy`", "`allow: {OUT016: the Brier score is meant}` beside the last layer"},
	Fails: stages(threeHeads, oneHot, network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: mean_squared_error, epochs: 20}"),
	Mended: stages(threeHeads, oneHot, network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}"),
}
