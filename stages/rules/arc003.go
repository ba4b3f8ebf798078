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
			at := place.Kind
			if node.Attached {
				at = place.Setting("activation")
			}
			c.ReportUnless(place.Allow, diag.New(arc003, at, fmt.Sprintf("this is the %dth sigmoid or tanh in a chain", squashing)).
				Note("the slope of a sigmoid is at most 1/4: through %d of them a gradient keeps at most (1/4)^%d = 1/%d", squashing, squashing, 1<<(2*squashing)).
				Suggest("use relu in hidden layers", unsquashed(w, i)...).
				Suggest("or put a batch_norm in front of each activation"))
		}
	}
}}

// unsquashed are the edits that put a relu in the place of every sigmoid and tanh of
// the chain that goes through a node; of others, such as gates, none.
func unsquashed(w wiring, through int) []diag.Edit {
	chain := map[int]bool{through: true}
	ends := func(i int) bool {
		node := w.node(i)
		a, is := activates(node.Spec)
		return is && (!squashes(a) || w.atTheEnd(i)) || normalizes(node.Spec) || len(node.Inputs) > 1
	}
	for i := through; i > 0; i-- {
		if from := w.node(i).Inputs; chain[i] && len(from) == 1 && from[0] >= 0 && !ends(from[0]) {
			chain[from[0]] = true
		}
	}
	for i := through + 1; i < len(w.Graph.Nodes); i++ {
		chain[i] = !ends(i) && len(w.node(i).Inputs) == 1 && chain[w.node(i).Inputs[0]]
	}
	var edits [][]diag.Edit
	for i := range w.Graph.Nodes {
		if _, is := activates(w.node(i).Spec); !is || !chain[i] {
			continue
		}
		switch place := w.place(i); {
		case w.node(i).Attached:
			edits = append(edits, layerSetting(place, "activation", "relu"))
		case place.KindName == "activation":
			edits = append(edits, replace(place.Setting("activation"), "relu"))
		default:
			edits = append(edits, replace(place.Kind, "relu"))
		}
	}
	return together(edits...)
}

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
