package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT006 compares a loss over rows with labels that are one number for each
// example, or for each of its voxels. A single output needs no row: binary
// cross-entropy and the errors of one number take it as it is.
var OUT006 = &Rule{Code: out006, Training: func(c *pipeline.Check, t *Training) {
	labels := t.Dataset.Labels
	h := headOf(t.Model)
	if !wantsRows(t, h) || h.constant() {
		return
	}
	if _, ids := realIDs(t); ids {
		return // LBL010 and PRE005 know more of them
	}
	each := "example"
	if labels.Kind == pipeline.Mask {
		each = "voxel"
	}
	d := diag.New(out006, c.At("loss"), "this takes a row of values for each "+each).
		And(labels.At.Span, labelWords(labels))
	switch {
	case isAdaptive(t.Loss) && h.sigmoid():
		d = d.Suggest("for classes that exclude one another use softmax", h.activate("softmax")...)
	case t.Loss.Target() == loss.OneHot || labels.Kind == pipeline.Mask:
		d = d.Suggest("use sparse_categorical_crossentropy", replaceLoss(c, "sparse_categorical_crossentropy")...)
	}
	if labels.Kind == pipeline.Real {
		d = d.Suggest("for a number to be predicted use mean_squared_error and a single unit")
	} else {
		form := "{form: one_hot}"
		if classes, _, known := classesOf(t.Dataset); known {
			form = fmt.Sprintf("{classes: %d}", classes)
		}
		d = d.Suggest("or make rows of the ids: put label_encode: " + form + " above the model")
	}
	c.ReportUnless(h.allow, d)
}}

// wantsRows says that OUT006 speaks: the labels are single numbers, the loss
// takes rows.
func wantsRows(t *Training, h head) bool {
	labels := t.Dataset.Labels
	single := oneID(labels) ||
		labels.Kind == pipeline.Real && labels.Shape != nil && len(labels.Shape) == 0
	if !single || t.Loss.Target() == loss.ClassID {
		return false
	}
	if t.Loss.Target() == loss.OneHot {
		// One sigmoid unit is OUT003's: there the loss is wrong, not the labels.
		units, known := h.width()
		return !(sigmoidOverClasses(t, h) && known && units == 1)
	}
	units, known := h.width()
	return labels.Kind != pipeline.Real && known && units > 1 && !wrongRank(t, h)
}

var out006 = &diag.Code{
	ID: "OUT006", Severity: diag.Error,
	Title: "the loss takes rows, the labels are single numbers",
	Means: "`categorical_crossentropy`, and the losses that compare value by value, take as many numbers for each example as the model gives. The labels are one number for each: a class id.",
	Why:   "An id cannot be compared with a row of probabilities.",
	Ways:  []string{"`sparse_categorical_crossentropy`, which takes ids", "a `label_encode` stage, which makes one-hot rows"},
	Fails: stages(threeHeads, classIDs, network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}"),
	Mended: stages(threeHeads, classIDs, network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
