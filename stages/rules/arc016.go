package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// unequal is from how many times the shortest axis on the longest makes a volume flat.
const unequal = 4

// ARC016 remarks on pooling that halves a short axis like the long ones.
var ARC016 = &Rule{Code: arc016, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	for i := range m.Graph.Nodes {
		var strides [3]int
		switch pool := w.node(i).Spec.(type) {
		case *layers.MaxPool3D:
			strides = steps(pool.Pool3D)
		case *layers.AveragePool3D:
			strides = steps(pool.Pool3D)
		}
		in := w.Graph.InputsOf(w.node(i))[0]
		if strides[0] < 2 || strides[0] != strides[1] || strides[1] != strides[2] || len(in) != 4 {
			continue
		}
		shortest, longest, known := shortAndLong(in[:3])
		if !known || longest < unequal*shortest {
			continue
		}
		place := w.place(i)
		c.ReportUnless(place.Allow, diag.New(arc016, place.Kind, fmt.Sprintf("an axis of %d is divided by %d like one of %d", shortest, strides[0], longest)).
			Suggest("pool the long axes alone at first, such as pool_size: [1, 2, 2], until the axes are about equal"))
		return
	}
}}

// shortAndLong gives the shortest and the longest of some sizes, if all are known.
func shortAndLong(axes shape.Shape) (shortest, longest int, known bool) {
	for i, axis := range axes {
		size, is := axis.Known()
		if !is {
			return 0, 0, false
		}
		if i == 0 || size < shortest {
			shortest = size
		}
		longest = max(longest, size)
	}
	return shortest, longest, true
}

var arc016 = &diag.Code{
	ID: "ARC016", Severity: diag.Info,
	Title: "equal pooling of an unequal volume",
	Means: "A pooling divides all axes alike, and one of them is four times as long as another. A pool of 2 on a volume of 4 × 256 × 256 leaves 2 planes after one layer and 1 after two. SHP006 is reported when nothing is left, SHP007 when position is lost. Shown with `--info`.",
	Why:   "The short axis is used up while there is still much to be brought together along the long ones.",
	Ways:  []string{"`pool_size: [1, 2, 2]` first, which keeps the depth", "nothing has to be done where few poolings follow"},
	Fails: stages("phantom: {samples: 40, size: [4, 16, 16]}", "reshape: {expand_dims: -1}", "model: {layers: [conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}, max_pool3d, flatten, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages("phantom: {samples: 40, size: [4, 16, 16]}", "reshape: {expand_dims: -1}", "model: {layers: [conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}, max_pool3d: {pool_size: [1, 2, 2]}, flatten, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
