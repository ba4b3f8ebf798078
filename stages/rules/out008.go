package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT008 finds scores given to a loss that takes probabilities. It looks at
// losses over classes only: a regression ends in scores.
var OUT008 = &Rule{Code: out008, Training: func(c *pipeline.Check, t *Training) {
	h := headOf(t.Model)
	if !ofClasses(t.Loss) || t.Loss.FromLogits() || !h.linear() && !unbounded(h) {
		return
	}
	head := t.Loss.Head().String()
	label := "the model ends here, in plain scores"
	if h.activation != nil {
		label = fmt.Sprintf("%s gives no probabilities", h.name())
	}
	d := diag.New(out008, h.activationAt, label).
		And(c.At("loss"), "this takes probabilities")
	switch {
	case ofRegions(t.Loss):
		d = d.Note("with values below 0 or above 1 the fraction of the regions can be anything, also negative")
	case t.Loss.Target() == loss.Binary:
		d = d.Note("scores are cut off at 0 and 1, where the loss has no gradient")
	default:
		d = d.Note("the logarithm of a negative score does not exist: it is cut off, and has no gradient")
	}
	if h.activation != nil {
		d = d.Suggest("use activation: "+head, h.activate(head)...)
	} else {
		d = d.Suggest("give the last layer activation: "+head, h.activate(head)...)
	}
	c.ReportUnless(h.allow, d.Suggest(fmt.Sprintf("or keep the scores and write loss: {%s: {from_logits: true}}", lossName(t.Loss))))
}}

// unbounded says that the last activation gives values that are no
// probabilities. ReLU and its kin are OUT009's.
func unbounded(h head) bool {
	switch h.activation.(type) {
	case *layers.Tanh, *layers.Elu, *layers.Selu, *layers.Gelu, *layers.Silu, *layers.Softplus:
		return h.known
	}
	return false
}

var out008 = &diag.Code{
	ID: "OUT008", Severity: diag.Error,
	Title: "the loss takes probabilities, the model ends in scores",
	Means: "Without `from_logits: true` a cross-entropy expects probabilities. The model ends in a layer whose values can be anything.",
	Why:   "A loss takes the logarithm of a probability. Scores below 0 or above 1 are cut off there, and what is cut off learns nothing; the loss sticks at a multiple of 16.118 = -ln(1e-7).",
	Ways:  []string{"end the model in `softmax`, or in `sigmoid` for a single unit", "or tell the loss: `from_logits: true`"},
	Fails: stages(threeHeads, oneHot, network("{dense: {units: 3}}"),
		"train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}"),
	Mended: stages(threeHeads, oneHot, network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}"),
}
