package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// ARC002 finds a softmax that another layer with a kernel takes. A softmax that
// weighs something else (attention) is multiplied, and left alone.
var ARC002 = &Rule{Code: arc002, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	for i := range m.Graph.Nodes {
		node := w.node(i)
		if _, is := node.Spec.(*layers.Softmax); !is {
			continue
		}
		taker, found := w.kernelBehind(i)
		if !found {
			continue
		}
		place := w.place(i)
		at := place.Kind
		if node.Attached {
			at = place.Setting("activation")
		}
		c.ReportUnless(place.Allow, diag.New(arc002, at, fmt.Sprintf("%s learns from shares that sum to 1", w.label(taker))).
			And(w.place(taker).Kind, "this takes them").
			Note("softmax makes its values compete: with many of them each is nearly 0, and so is the gradient").
			Suggest("use relu here, and softmax in the last layer alone", replace(at, "relu")...))
	}
}}

// kernelBehind finds the layer with a kernel that takes what a node gives,
// through layers that only rearrange, pool or drop.
func (w wiring) kernelBehind(i int) (int, bool) {
	for {
		next, ok := w.next(i)
		if !ok {
			return 0, false
		}
		s := w.node(next).Spec
		if multiplies(s) {
			return next, true
		}
		_, pool := s.(*layers.MaxPool3D)
		if !linear(s) && !normalizes(s) && !pool {
			return 0, false
		}
		i = next
	}
}

var arc002 = &diag.Code{
	ID: "ARC002", Severity: diag.Error,
	Title: "a softmax inside of the network",
	Means: "A layer in the middle of the network ends in `softmax`, and another layer learns from what it gives.",
	Why:   "Softmax turns values into shares of 1. Inside of a network that throws their size away and leaves hardly any gradient: training stands still or is very slow.",
	Ways:  []string{"`relu` in hidden layers, `softmax` in the last one"},
	Fails: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3, activation: softmax}, flatten, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3, activation: relu}, flatten, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
