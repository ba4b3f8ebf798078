package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// wideFlat is how many values may be flattened at full resolution.
const wideFlat = 32_768

// ARC012 finds networks that flatten a volume which nothing ever made smaller.
var ARC012 = &Rule{Code: arc012, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	fields := w.fields()
	for i := range m.Graph.Nodes {
		if _, is := w.node(i).Spec.(*layers.Flatten); !is {
			continue
		}
		from := w.node(i).Inputs[0]
		if from == nn.FromInput || len(w.node(i).Output) != 1 || fields[from].step != [3]int{1, 1, 1} || w.convolutions(from) < 2 {
			continue
		}
		values, known := w.node(i).Output[0].Known()
		if !known || values < wideFlat {
			continue
		}
		place := w.place(i)
		c.ReportUnless(place.Allow, diag.New(arc012, place.Kind, fmt.Sprintf("%s values are flattened", grouped(values))).
			Note("the shapes on the way: %s", Trail(m, i)).
			Suggest("put a max_pool3d behind each convolution or two"))
	}
}}

// convolutions counts those on the straight way back from a node.
func (w wiring) convolutions(i int) int {
	n := 0
	for ok := true; ok; i, ok = w.before(i) {
		if _, is := w.node(i).Spec.(*layers.Conv3D); is {
			n++
		}
	}
	return n
}

var arc012 = &diag.Code{
	ID: "ARC012", Severity: diag.Warning,
	Title: "every convolution works at full resolution",
	Means: "Two convolutions and more are followed by `flatten`, and neither pooling nor strides made the volume smaller before: 32 768 values or more are flattened.",
	Why:   "The convolutions see little of the volume at once, cost the most that they can, and the dense layer behind them holds nearly all weights.",
	Ways:  []string{"`max_pool3d` behind each convolution or two", "`strides: 2`"},
	Fails: stages("phantom: {samples: 40, size: [16, 32, 32]}", "reshape: {expand_dims: -1}", "model: {layers: [conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}, conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}, flatten, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages("phantom: {samples: 40, size: [16, 32, 32]}", "reshape: {expand_dims: -1}", "model: {layers: [conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}, max_pool3d, conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}, max_pool3d, flatten, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
