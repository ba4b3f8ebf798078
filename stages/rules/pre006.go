package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// PRE006 is asked by the stages that give examples to a trained model.
var PRE006 = &Rule{Code: pre006}

// CheckPrepared compares the stages that changed the values of the examples given to
// a trained model with those of the examples that it was trained on. The same stage
// is right; another one is if it does the same and learns nothing.
func CheckPrepared(c *pipeline.Check, d, trained *pipeline.Dataset) {
	here, there := preparation(d), preparation(trained)
	for i := range max(len(here), len(there)) {
		switch {
		case i >= len(here):
			c.Report(diag.New(pre006, c.Item.KindSpan, "the values given here have not been through "+there[i].Stage).
				And(there[i].At.Span, "in training: "+there[i].Does).
				And(d.ExamplesAt.Span, "the values given come from here").
				Suggest(fmt.Sprintf("lead them through the same stages: if they are part of one file with those for training, split below %s; if not, load both as partitions of one load stage", there[i].Stage)))
		case i >= len(there):
			c.Report(diag.New(pre006, here[i].At.Span, "this changes the values given, and not those for training: "+here[i].Does).
				And(c.Item.KindSpan, "the model sees them here").
				Suggest("lead the examples for training through it too, or leave it out"))
		case here[i].Stage == there[i].Stage:
			continue
		case here[i].Does != there[i].Does:
			c.Report(diag.New(pre006, here[i].At.Span, "here: "+here[i].Does).
				And(there[i].At.Span, "in training: "+there[i].Does).
				And(c.Item.KindSpan, "the model sees the values here").
				Suggest("write the same into both, or lead both datasets through one stage"))
		case here[i].LearntOn != "":
			c.Report(diag.New(pre006, here[i].At.Span, "this learns its numbers anew").
				And(there[i].At.Span, "those of the training were learnt here").
				And(c.Item.KindSpan, "the model sees the values here").
				Suggest("load both as partitions of one load stage, train: … and test: …, so that one stage learns from the training examples and changes all").
				Suggest("or use what needs no numbers of other examples: over: example, or method: rescale"))
		default:
			continue
		}
		return
	}
}

// preparation are the stages that changed the values of a dataset.
func preparation(d *pipeline.Dataset) []pipeline.Step {
	var list []pipeline.Step
	for _, step := range d.Steps {
		if step.Does != "" {
			list = append(list, step)
		}
	}
	return list
}

var pre006 = &diag.Code{
	ID: "PRE006", Severity: diag.Error,
	Title: "examples are not prepared as those for training were",
	Means: "A config has two datasets, and a model that was trained on one is given the other. Between its file and the model the other one misses a stage that changes the values, or has one more, or one with other settings; or a stage learns its numbers anew from it. A stage that acts on one dataset acts on all its partitions alike.",
	Why:   "A model that was trained on values divided by 255 sees nothing but white in those that were not. What it says of them looks like a model that has learnt nothing.",
	Ways: []string{
		"load both as partitions of one `load` stage: `train: {volumes: …}`, `test: {volumes: …}`; all that follows then acts on both alike",
		"take the same stages with the same settings for both, and none that learns from the data",
	},
	Fails:  stages(otherHeads(""), "{predict: {on: all}, from: [others, train]}"),
	Mended: stages(otherHeads("\n  - {normalize: {method: z_score, over: example}, id: scaled_others, from: others}"), "{predict: {on: all}, from: [scaled_others, train]}"),
}

// otherHeads trains on one dataset beside another one, which then goes through
// something.
func otherHeads(through string) string {
	return "{phantom: {samples: 40, size: [8, 8, 8]}, id: heads}\n  - {phantom: {samples: 10, size: [8, 8, 8]}, id: more_heads}" +
		"\n  - {reshape: {expand_dims: -1}, id: others}\n  - {reshape: {expand_dims: -1}, id: volumes, from: heads}\n  - {normalize: {method: z_score, over: example}, id: scaled}" + through +
		"\n  - {model: {layers: [flatten, dense: {units: 2, activation: softmax}]}, from: scaled}\n  - {train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}, from: [scaled, model]}"
}
