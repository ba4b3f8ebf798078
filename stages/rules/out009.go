package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT009 finds an activation at the end that cuts negative values off, in front
// of a loss over classes. Of numbers to be predicted OUT014 knows whether any is
// negative.
var OUT009 = &Rule{Code: out009, Training: func(c *pipeline.Check, t *Training) {
	h := headOf(t.Model)
	if !h.direct || !rectified(h) || !ofClasses(t.Loss) {
		return
	}
	if _, behind := changed(t); len(behind) > 0 {
		return // probabilities are never negative: OUT019 says that it should not be there
	}
	d := diag.New(out009, h.activationAt, fmt.Sprintf("%s cuts negative scores off", h.name()))
	head := t.Loss.Head().String()
	d = d.And(c.At("loss"), "this needs scores of both signs").
		Note("a class whose score falls below 0 gets no gradient any more")
	if t.Loss.FromLogits() {
		d = d.Suggest("leave the last activation out", h.deactivate()...)
	} else {
		d = d.Suggest("use activation: "+head, h.activate(head)...)
	}
	c.ReportUnless(h.allow, d)
}}

func rectified(h head) bool {
	switch h.activation.(type) {
	case *layers.ReLU, *layers.LeakyReLU:
		return true
	}
	return false
}

var out009 = &diag.Code{
	ID: "OUT009", Severity: diag.Error,
	Title: "an output that cuts negative scores off",
	Means: "The model ends in `relu` or one of its kin.",
	Why:   "Where the score is negative the output is 0 (or nearly) and so is the gradient: once a class has fallen there it stays there. For a number to be predicted it is a fault only if the number can be negative: OUT014.",
	Ways:  []string{"`softmax` or `sigmoid` in front of a cross-entropy", "no activation in front of a regression loss"},
	Fails: stages(threeHeads, oneHot, network("{dense: {units: 3, activation: relu}}"),
		"train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}"),
	Mended: stages(threeHeads, oneHot, network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}"),
}
