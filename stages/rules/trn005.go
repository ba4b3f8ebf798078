package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// TRN005 finds a last batch of one example in front of a batch_norm.
var TRN005 = &Rule{Code: trn005, Training: func(c *pipeline.Check, t *Training) {
	n, known := trainingExamples(t.Dataset).Known()
	if !known || t.DropLast || t.BatchSize < 2 || n <= t.BatchSize || n%t.BatchSize != 1 {
		return
	}
	w := wired(t.Model)
	for i := range w.Graph.Nodes {
		if _, is := w.node(i).Spec.(*layers.BatchNorm); !is || w.node(i).Frozen {
			continue
		}
		c.Report(diag.New(trn005, c.At("batch_size"), "the last batch of each epoch has 1 example").
			And(trainingAt(t.Dataset), fmt.Sprintf("%d to train on", n)).
			And(w.place(i).Kind, "this takes its statistics from each batch").
			Note("%d = %d × %d + 1", n, n/t.BatchSize, t.BatchSize).
			Suggest("leave incomplete batches out: drop_last: true", stageSetting(c, "drop_last", "true")...).
			Suggest(fmt.Sprintf("or use a batch_size of %d", betterBatch(n, t.BatchSize))))
		return
	}
}}

// betterBatch is a batch size near another with which more than one example is
// left over, or none.
func betterBatch(n, batch int) int {
	for b := batch - 1; b > 1; b-- {
		if n%b != 1 {
			return b
		}
	}
	return batch + 1
}

var trn005 = &diag.Code{
	ID: "TRN005", Severity: diag.Warning,
	Title: "a last batch of one example in front of batch normalisation",
	Means: "The training examples do not divide by `batch_size`, one is left over, and the model has a `batch_norm`.",
	Why:   "Once in each epoch the statistics are those of a single volume. That step pulls the weights, and the averages that predictions use, somewhere else.",
	Ways:  []string{"`drop_last: true`", "another `batch_size`"},
	Fails: stages("phantom: {samples: 41, size: [8, 8, 8]}", "reshape: {expand_dims: -1}", "model: {layers: [conv3d: {filters: 4, kernel_size: 3}, batch_norm, relu, global_average_pool3d, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, batch_size: 4}"),
	Mended: stages("phantom: {samples: 41, size: [8, 8, 8]}", "reshape: {expand_dims: -1}", "model: {layers: [conv3d: {filters: 4, kernel_size: 3}, batch_norm, relu, global_average_pool3d, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, batch_size: 4, drop_last: true}"),
}
