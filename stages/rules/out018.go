package rules

import (
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// OUT018 finds a background that is to be left out where there is none.
var OUT018 = &Rule{Code: out018, Training: func(c *pipeline.Check, t *Training) {
	h := headOf(t.Model)
	at := []string{"loss", lossName(t.Loss), "include_background"}
	if units, known := h.width(); !known || units != 1 || h.constant() || !c.Given(at...) || includesBackground(t.Loss) {
		return
	}
	c.ReportUnless(h.allow, diag.New(out018, c.At(at...), "there is no background to leave out").
		And(h.unitsAt, "the model has a single output: the region itself").
		Note("the loss looks at this region with either setting").
		Suggest("leave include_background out", spec.Removing(c.Places.Node(at[:2]...), at[2])...).
		Suggest("or end the model in one unit for each class, the background being class 0, with softmax"))
}}

// includesBackground is false for a loss that leaves the background out.
func includesBackground(l loss.Loss) bool {
	switch l := l.(type) {
	case *loss.Dice:
		return l.IncludeBackground
	case *loss.DiceCrossentropy:
		return l.IncludeBackground
	case *loss.Tversky:
		return l.IncludeBackground
	}
	return true
}

var out018 = &diag.Code{
	ID: "OUT018", Severity: diag.Warning,
	Title: "a background is left out where there is none",
	Means: "`include_background: false` leaves the first of several outputs out of a loss that compares regions. The model has a single output, which is the region that is looked for.",
	Why:   "The setting changes nothing, and whoever wrote it had another model in mind: other tools leave nothing over and train on a loss that is not a number.",
	Ways:  []string{"leave `include_background` out", "one unit for each class, the background included, with `softmax`"},
	Fails: stages(headMasks, voxels("{conv3d: {filters: 1, kernel_size: 1, activation: sigmoid}}"),
		"train: {optimizer: adam, loss: {dice: {include_background: false}}, epochs: 20}"),
	Mended: stages(headMasks, voxels("{conv3d: {filters: 1, kernel_size: 1, activation: sigmoid}}"),
		"train: {optimizer: adam, loss: dice, epochs: 20}"),
}
