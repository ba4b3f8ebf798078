package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT007 finds an activation that is applied twice: by the model, and by a loss
// that was told to expect scores.
var OUT007 = &Rule{Code: out007, Training: func(c *pipeline.Check, t *Training) {
	h := headOf(t.Model)
	if !t.Loss.FromLogits() || !h.softmax() && !h.sigmoid() || h.constant() {
		return
	}
	at := c.At("loss", lossName(t.Loss), "from_logits")
	d := diag.New(out007, at, fmt.Sprintf("the loss applies %s to what it gets", t.Loss.Head())).
		And(h.activationAt, fmt.Sprintf("the model has already applied %s", h.name()))
	if units, known := h.width(); known && units > 1 && h.softmax() && overClasses(t.Loss) && !isAdaptive(t.Loss) {
		d = d.Note("the loss cannot go below ln(1 + (%d - 1)/e) = %.4f", units, math.Log(1+float64(units-1)/math.E))
	}
	c.ReportUnless(h.allow, d.Suggest("say from_logits: false, or leave it out", replace(at, "false")...).
		Suggest(fmt.Sprintf("or leave out the last %s", h.name())))
}}

var out007 = &diag.Code{
	ID: "OUT007", Severity: diag.Error,
	Title: "the last activation would be applied twice",
	Means: "`from_logits: true` tells the loss that the model ends in plain scores, so it applies softmax or sigmoid itself. This model already ends in one.",
	Why:   "Values between 0 and 1 taken for scores are nearly alike, so no class can ever be sure: with K classes the loss cannot fall below ln(1 + (K-1)/e), 0.5514 for three.",
	Ways:  []string{"leave `from_logits` out", "or leave the last activation out"},
	Fails: stages(threeHeads, oneHot, network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: {categorical_crossentropy: {from_logits: true}}, epochs: 20}"),
	Mended: stages(threeHeads, oneHot, network("{dense: {units: 3}}"),
		"train: {optimizer: adam, loss: {categorical_crossentropy: {from_logits: true}}, epochs: 20}"),
}
