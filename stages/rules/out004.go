package rules

import (
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT004 finds binary cross-entropy on a softmax over three classes or more.
// Over two classes the two losses are the same but for a factor, and labels
// with several ones in a row are another fault.
var OUT004 = &Rule{Code: out004, Training: func(c *pipeline.Check, t *Training) {
	h := headOf(t.Model)
	units, known := h.width()
	kind := t.Dataset.Labels.Kind
	if !h.softmax() || t.Loss.Target() != loss.Binary || t.Loss.FromLogits() || !known || units < 3 ||
		kind != pipeline.OneHot && kind != pipeline.UnknownLabels && !t.Dataset.Labels.Rows {
		return
	}
	c.ReportUnless(h.allow, diag.New(out004, c.At("loss"), "this asks each class by itself").
		And(h.activationAt, "softmax makes the classes exclude one another").
		Note("an accuracy would count every one of the %d values: saying no to all scores 1 - 1/%d = %.3f", units, units, 1-1/float64(units)).
		Suggest("use categorical_crossentropy", replaceLoss(c, "categorical_crossentropy")...))
}}

var out004 = &diag.Code{
	ID: "OUT004", Severity: diag.Warning,
	Title: "binary cross-entropy on classes that exclude one another",
	Means: "A softmax over three or more classes is trained with `binary_crossentropy`, which treats each class as a yes-or-no question of its own.",
	Why:   "The loss is spread over all the classes that an example is not, and accuracy counts each value by itself: with K classes a model that knows nothing scores 1 - 1/K.",
	Ways:  []string{"`categorical_crossentropy`", "for tags that may apply together, `sigmoid` with this loss"},
	Fails: stages(threeHeads, oneHot, network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: binary_crossentropy, epochs: 20}"),
	Mended: stages(threeHeads, oneHot, network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}"),
}
