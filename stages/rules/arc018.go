package rules

import (
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// ARC018 finds models in which training can change nothing. What `weights`
// freezes is GRA138's.
var ARC018 = &Rule{Code: arc018, Training: func(c *pipeline.Check, t *Training) {
	trained, fixed, known := wired(t.Model).weights()
	if !known || trained > 0 || t.Model.Start != nil {
		return
	}
	const nothing = "there is nothing to train"
	if fixed > 0 {
		c.Report(diag.New(arc018, wired(t.Model).lastFrozen().Setting("trainable"), "this is the last of the layers with weights, all of which are frozen").
			And(c.Item.KindSpan, nothing).
			Suggest("leave trainable: false out of the layers that are to learn, at least of this one"))
		return
	}
	c.Report(diag.New(arc018, c.Item.KindSpan, nothing).And(t.Model.At.Span, "none of the model's layers has weights").
		Suggest("add layers with weights, such as conv3d and dense"))
}}

// lastFrozen is the place of the last layer whose weights are frozen.
func (w wiring) lastFrozen() pipeline.LayerPlace {
	at := 0
	for i := range w.Graph.Nodes {
		_, fixed := w.Graph.Weights(w.node(i))
		if n, known := fixed.Known(); known && n > 0 && w.node(i).Frozen {
			at = i
		}
	}
	return w.place(at)
}

var arc018 = &diag.Code{
	ID: "ARC018", Severity: diag.Error,
	Title: "a training that can change nothing",
	Means: "No layer of the model has weights that training may change.",
	Why:   "Every epoch would print the same loss.",
	Ways:  []string{"`trainable: true` in the layers that are to learn", "layers with weights"},
	Fails: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3, activation: relu, trainable: false}, global_average_pool3d, dense: {units: 2, activation: softmax, trainable: false}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3, activation: relu, trainable: false}, global_average_pool3d, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
