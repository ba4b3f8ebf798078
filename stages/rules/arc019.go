package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// unbridled is how many weights for each example need something that holds the
// network back.
const unbridled = 10_000

// ARC019 finds large networks, for the examples there are, that nothing keeps
// from learning them by heart. ARC011 tells the worse case.
var ARC019 = &Rule{Code: arc019, Training: func(c *pipeline.Check, t *Training) {
	w := wired(t.Model)
	trained, _, known := w.weights()
	n, counted := trainingExamples(t.Dataset).Known()
	if !known || !counted || n == 0 || perVoxel(t.Model) || trained/n < unbridled || trained >= manyForFew && trained/n >= mostPerExample || t.heldBack() {
		return
	}
	c.Report(diag.New(arc019, w.heaviest().Kind, fmt.Sprintf("most of %s weights, %s for each example, are here and nothing holds them back", grouped(trained), grouped(trained/n))).
		And(trainingAt(t.Dataset), fmt.Sprintf("it is trained on %s", plural(n, "example"))).
		Suggest("add dropout: {rate: 0.3} in front of the last layer").
		Suggest("or weight_decay in the optimizer: {adamw: {weight_decay: 1e-2}}").
		Suggest("or stop in time: callbacks: [early_stopping: {patience: 10, restore_best_weights: true}]"))
}}

// heldBack says whether something in a training keeps the network from learning
// its examples by heart.
func (t *Training) heldBack() bool {
	for _, callback := range t.Callbacks {
		if _, is := callback.(*train.EarlyStopping); is {
			return true
		}
	}
	if optim.WeightDecay(t.Optimizer) > 0 {
		return true
	}
	for i := range t.Model.Graph.Nodes {
		s := t.Model.Graph.Nodes[i].Spec
		if _, normal := s.(*layers.BatchNorm); drops(s) || normal || penalised(s) != nil {
			return true
		}
	}
	return false
}

// penalised is what a layer's kernel adds to the loss; nil for nothing.
func penalised(s nn.Spec) nn.Regularizer {
	switch l := s.(type) {
	case *layers.Conv3D:
		return l.KernelRegularizer
	case *layers.Conv3DTranspose:
		return l.KernelRegularizer
	case *layers.Dense:
		return l.KernelRegularizer
	}
	return nil
}

var arc019 = &diag.Code{
	ID: "ARC019", Severity: diag.Warning,
	Title: "a large network for few examples, with nothing that holds it back",
	Means: "The model has over 10 000 weights for each training example, and neither dropout, weight decay, a regularizer, batch normalisation nor early stopping.",
	Why:   "It will learn its examples by heart, and get worse on others from then on.",
	Ways:  []string{"`dropout`", "`weight_decay`", "`early_stopping` with `restore_best_weights: true`", "a smaller network"},
	Fails: stages("phantom: {samples: 40, size: [16, 32, 32]}", "reshape: {expand_dims: -1}", "model: {layers: [conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}, max_pool3d, flatten, dense: {units: 64, activation: relu}, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages("phantom: {samples: 40, size: [16, 32, 32]}", "reshape: {expand_dims: -1}", "model: {layers: [conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}, max_pool3d, flatten, dense: {units: 64, activation: relu}, dropout: {rate: 0.3}, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
