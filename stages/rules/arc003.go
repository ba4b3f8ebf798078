package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// squashing is how many sigmoids or tanhs in a chain are too many.
const squashing = 4

// ARC003 finds chains of activations whose slope is small nearly everywhere.
// Behind a normalisation the values are where the slope is large.
var ARC003 = &Rule{Code: arc003, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	run := make([]int, len(m.Graph.Nodes))
	for i := range m.Graph.Nodes {
		node := w.node(i)
		for _, from := range node.Inputs {
			if from >= 0 {
				run[i] = max(run[i], run[from])
			}
		}
		a, is := activates(node.Spec)
		switch {
		case is && squashes(a) && !w.atTheEnd(i):
			run[i]++
		case is, normalizes(node.Spec), len(node.Inputs) > 1:
			run[i] = 0
		}
		if run[i] == squashing && is {
			place := w.place(i)
			c.ReportUnless(place.Allow, diag.New(arc003, place.Kind, fmt.Sprintf("this is the %dth sigmoid or tanh in a chain", squashing)).
				Note("the slope of a sigmoid is at most 1/4: through %d of them a gradient keeps at most (1/4)^%d = 1/%d", squashing, squashing, 1<<(2*squashing)).
				Suggest("use relu in hidden layers").
				Suggest("or put a batch_norm in front of each activation"))
		}
	}
}}

func squashes(a layers.Activation) bool {
	switch a.(type) {
	case *layers.Sigmoid, *layers.Tanh:
		return true
	}
	return false
}

var arc003 = &diag.Code{
	ID: "ARC003", Severity: diag.Warning,
	Title: "a deep chain of sigmoid or tanh",
	Means: "Four layers or more in a chain end in `sigmoid` or `tanh`, with no normalisation between.",
	Why:   "Each makes the gradient smaller, so the first layers hardly learn.",
	Ways:  []string{"`relu` in hidden layers", "a `batch_norm` in front of each activation"},
	Fails: stages(heads, "model: {layers: [repeat: {times: 4, layers: [conv3d: {filters: 4, kernel_size: 3, padding: same, activation: tanh}]}, flatten, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(heads, "model: {layers: [repeat: {times: 4, layers: [conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}]}, flatten, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
