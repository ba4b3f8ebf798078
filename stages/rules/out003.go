package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT003 finds a sigmoid in front of a loss over classes. With more than two
// units it is a warning: the loss divides the values by their sum, and the model
// may still learn.
var OUT003 = &Rule{Code: out003, Training: func(c *pipeline.Check, t *Training) {
	h := headOf(t.Model)
	if !sigmoidOverClasses(t, h) {
		return
	}
	d := diag.New(out003, h.activationAt, "each value is a probability by itself").
		And(c.At("loss"), "this takes them for one distribution over the classes")
	units, known := h.width()
	if known && units == 1 {
		d = d.Note("the loss of a single value divided by its own sum is always 0").
			Suggest("use binary_crossentropy, with labels that are class ids", replaceLoss(c, "binary_crossentropy")...).
			Suggest("for two classes, end the model in 2 units with softmax")
		c.ReportUnless(h.allow, d.As(diag.Error))
		return
	}
	if !known || units <= 2 {
		d = d.As(diag.Error)
	} else {
		d = d.Note("%d values between 0 and 1 sum to anything from 0 to %d; a distribution sums to 1", units, units)
	}
	c.ReportUnless(h.allow, d.
		Suggest("for classes that exclude one another use softmax", h.activate("softmax")...).
		Suggest(fmt.Sprintf("for tags that may apply together keep %s and use binary_crossentropy", h.name())))
}}

// sigmoidOverClasses says that OUT003 speaks.
func sigmoidOverClasses(t *Training, h head) bool {
	return h.sigmoid() && overClasses(t.Loss) && !t.Loss.FromLogits()
}

var out003 = &diag.Code{
	ID: "OUT003", Severity: diag.Warning,
	Title: "sigmoid in front of a loss over classes",
	Means: "Sigmoid makes each value a probability by itself. Categorical cross-entropy takes the values of one example for a distribution: shares of classes that exclude one another.",
	Why:   "The classes do not compete for the probability, so raising all values at once lowers the loss nearly as well as choosing. One or two units then learn nothing, and that is an error; with more the model learns slower than it could, and that is a warning.",
	Ways:  []string{"`softmax` for classes that exclude one another", "`binary_crossentropy` for a single unit, or for tags that may apply together"},
	Fails: stages(heads, "label_encode: {classes: 2}", network("{dense: {units: 2, activation: sigmoid}}"),
		"train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}"),
	Mended: stages(heads, "label_encode: {classes: 2}", network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}"),
}
