package rules

import (
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT005 compares a loss over class ids with the kind of the labels.
var OUT005 = &Rule{Code: out005, Training: func(c *pipeline.Check, t *Training) {
	labels := t.Dataset.Labels
	h := headOf(t.Model)
	if t.Loss.Target() != loss.ClassID || h.constant() {
		return
	}
	ids := "this takes class ids [N]"
	if labels.Kind == pipeline.Mask {
		ids = "this takes a class id for each voxel"
	}
	if _, ids := realIDs(t); ids {
		return // LBL010 and PRE005 know more of them
	}
	d := diag.New(out005, c.At("loss"), ids).And(labels.At.Span, labelWords(labels))
	switch {
	case rowed(labels):
		c.ReportUnless(h.allow, d.
			Suggest("use categorical_crossentropy", replaceLoss(c, "categorical_crossentropy")...).
			Suggest("or keep the loss and the ids: label_encode: {form: class_id}"))
	case labels.Kind == pipeline.MultiHot:
		c.ReportUnless(h.allow, d.Suggest("use sigmoid and binary_crossentropy: an example may have several of the tags"))
	case labels.Kind == pipeline.Real:
		c.ReportUnless(h.allow, d.
			Suggest("for a number to be predicted use mean_squared_error").
			Suggest("if the numbers are ids of classes, say so where they are loaded: label_kind: class_id"))
	}
}}

var out005 = &diag.Code{
	ID: "OUT005", Severity: diag.Error,
	Title: "the loss takes class ids, the labels are something else",
	Means: "`sparse_categorical_crossentropy` compares the output with one whole number for each example: the id of its class. The labels are rows or real numbers.",
	Why:   "A row of zeros and ones read as ids would be labels of class 0 and class 1.",
	Ways:  []string{"`categorical_crossentropy` for one-hot rows", "`label_encode: {form: class_id}` to keep the loss"},
	Fails: stages(threeHeads, oneHot, network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(threeHeads, oneHot, network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}"),
}
