package rules

import (
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT011 finds a loss over classes that is given a single score. A softmax over it
// in the model is OUT002's, unless the loss is a sum of which Dice still trains; a
// sigmoid is OUT003's; where the number of classes is
// known OUT001 says how many outputs there have to be.
var OUT011 = &Rule{Code: out011, Training: func(c *pipeline.Check, t *Training) {
	h := headOf(t.Model)
	if summed(t.Loss) && h.constant() {
		c.ReportUnless(h.allow, diag.New(out011, h.activationAt, "softmax over one value is always 1: of the loss nothing but Dice is left, and it is that of marking everything").
			And(h.unitsAt, "this makes it one value").
			And(c.At("loss"), "the cross-entropy in it is -ln 1 = 0 whatever the mask").
			Suggest("use sigmoid", h.activate("sigmoid")...).
			Suggest("or end the model in one filter for each class, the background being one"))
		return
	}
	units, known := h.width()
	_, _, told := classesOf(t.Dataset)
	if !known || units != 1 || !overClasses(t.Loss) || !t.Loss.FromLogits() || !h.linear() || told || wrongRank(t, h) {
		return
	}
	c.ReportUnless(h.allow, diag.New(out011, c.At("loss"), "this makes shares of all classes from the scores").
		And(h.unitsAt, "there is a single score: its share is always 1").
		Note("the loss is -ln 1 = 0 whatever the label, and has no gradient").
		Suggest("use binary_crossentropy: {from_logits: true}, which one score is enough for", adding(c, "{binary_crossentropy: {from_logits: true}}")...).
		Suggest("or end the model in one output for each class"))
}}

// summed says that a loss is a sum of Dice and a cross-entropy over classes.
func summed(l loss.Loss) bool {
	_, both := l.(*loss.DiceCrossentropy)
	return both
}

// adding writes another loss where the one that is written has a single setting.
func adding(c *pipeline.Check, loss string) []diag.Edit {
	node := c.Places.Node("loss")
	if node == nil || len(node.Entries) != 1 || len(node.Entries[0].Value.Entries) > 1 {
		return nil
	}
	return replace(node.Span, loss)
}

var out011 = &diag.Code{
	ID: "OUT011", Severity: diag.Error,
	Title: "a choice among classes with a single output",
	Means: "A cross-entropy over classes compares the score of each class with those of the others. The model gives one score.",
	Why:   "The share of a single score is always 1, so the loss is 0 from the first step on and no weight changes. In a sum with Dice, as in other programs, only Dice trains. Here `dice_crossentropy` behind one sigmoid output asks yes or no of each voxel, so that both parts train.",
	Ways:  []string{"`binary_crossentropy` with one output", "one output for each class, the background being one of them", "`dice_crossentropy` behind a sigmoid for a single region"},
	Fails: stages(atlas, network("{dense: {units: 1}}"),
		"train: {optimizer: adam, loss: {sparse_categorical_crossentropy: {from_logits: true}}, epochs: 20}"),
	Mended: stages(atlas, network("{dense: {units: 1}}"),
		"train: {optimizer: adam, loss: {binary_crossentropy: {from_logits: true}}, epochs: 20}"),
}

// atlas are examples of which only the files know how many classes they have.
const atlas = "load: {volumes: heads.npy, labels: labels.npy, shape: [40, 8, 8, 8, 1], dtype: float32, label_kind: class_id}"
