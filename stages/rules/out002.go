package rules

import (
	"strconv"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT002 finds a softmax over a single value. All other rules on heads keep
// quiet about such a head: nothing else can be said of a constant.
var OUT002 = &Rule{Code: out002, Training: func(c *pipeline.Check, t *Training) {
	h := headOf(t.Model)
	if !h.constant() || summed(t.Loss) {
		return // OUT011
	}
	d := diag.New(out002, h.activationAt, "softmax over one value is always 1").
		And(h.unitsAt, "this makes it one value").
		And(c.At("loss"), "no weight can change this loss")
	switch {
	case t.Loss.Target() == loss.Real:
		d = d.Note("every prediction would be exactly 1").
			Suggest("use a linear output: leave the activation out", h.deactivate()...)
	case t.Loss.Target() == loss.Binary:
		d = d.Note("every prediction would be class 1, and the accuracy its share").
			Suggest("use sigmoid", h.activate("sigmoid")...)
	case isAdaptive(t.Loss):
		d = d.Note("every prediction would be the same class").
			Suggest("use sigmoid", h.activate("sigmoid")...).
			Suggest("or end the model in one unit for each class")
	default:
		var edit []diag.Edit
		if classes, _, known := classesOf(t.Dataset); known && classes > 1 {
			edit = h.edit(strconv.Itoa(classes))
		}
		d = d.Note("every prediction would be the same class, and the accuracy its share").
			Suggest("end the model in one unit for each class", edit...).
			Suggest("or in one unit with sigmoid, and use binary_crossentropy")
	}
	c.ReportUnless(h.allow, d)
}}

var out002 = &diag.Code{
	ID: "OUT002", Severity: diag.Error,
	Title: "a softmax over a single value",
	Means: "Softmax makes values into shares that sum to one. The share of a single value is always 1, whatever the input.",
	Why:   "The output is a constant: no gradient reaches the weights, the loss stands still and the accuracy equals the share of one class.",
	Ways:  []string{"for two classes, one unit with `sigmoid` and `binary_crossentropy`", "or two units with `softmax`", "for a number, leave the activation out"},
	Fails: stages(heads, network("{dense: {units: 1, activation: softmax}}"),
		"train: {optimizer: adam, loss: binary_crossentropy, epochs: 20}"),
	Mended: stages(heads, network("{dense: {units: 1, activation: sigmoid}}"),
		"train: {optimizer: adam, loss: binary_crossentropy, epochs: 20}"),
}

// replace is the edit that writes a text over a span, none if nothing is
// written there.
func replace(span diag.Span, text string) []diag.Edit {
	if !written(span) {
		return nil
	}
	return []diag.Edit{{Span: span, Text: text}}
}
