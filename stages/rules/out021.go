package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT021 finds a loss that compares regions where the model gives one answer for
// each example. That the labels are masks then is SHP009's.
var OUT021 = &Rule{Code: out021, Training: func(c *pipeline.Check, t *Training) {
	h := headOf(t.Model)
	if _, regional := t.Loss.(loss.Regional); !regional || len(h.output) != 1 || h.constant() ||
		t.Dataset.Labels.Kind == pipeline.Mask || wrongRank(t, h) {
		return
	}
	d := diag.New(out021, c.At("loss"), "this compares regions of voxels").
		And(t.Model.Layers[t.Model.Graph.Last().ID].Kind, fmt.Sprintf("the output is %s, one answer for each example", h.output.Batch())).
		Note("of a single answer the overlap is all or nothing: a class that the example does not have costs 1 however small its probability")
	name := "categorical_crossentropy"
	switch {
	case t.Loss.Head() == loss.Sigmoid:
		name = "binary_crossentropy"
	case t.Loss.Target() == loss.ClassID:
		name = "sparse_categorical_crossentropy"
	}
	c.ReportUnless(h.allow, d.Suggest("use "+name, replaceLoss(c, name)...).
		Suggest("for a class for each voxel, load masks as labels and end the model in a conv3d with kernel_size 1"))
}}

var out021 = &diag.Code{
	ID: "OUT021", Severity: diag.Error,
	Title: "a loss that compares regions, and no voxels",
	Means: "`dice`, `dice_crossentropy` and `tversky` compare the region that is predicted with the true one. This model gives one answer for each example.",
	Why:   "The overlap of a single answer is all or nothing: it has hardly a gradient, and every class that an example is not costs as much as a wrong answer.",
	Ways:  []string{"a cross-entropy, or `focal` for rare classes", "masks as labels, and a model that ends in an output for each voxel"},
	Fails: stages(threeHeads, oneHot, network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: dice, epochs: 20}"),
	Mended: stages(threeHeads, oneHot, network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: focal, epochs: 20}"),
}
