package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// ARC013 remarks on convolutions that become narrower on the way in, and on hidden
// dense layers that become wider on the way out. Ways that have gone up again to finer
// grids, kernels of one voxel and the layer that gives the output are not meant.
var ARC013 = &Rule{Code: arc013, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	for i := range m.Graph.Nodes {
		if grows(w.node(i).Spec) {
			return
		}
		next, found := w.learner(i)
		if _, follows := w.learner(next); !found || !follows {
			continue
		}
		var label, setting string
		switch wide := w.node(i).Spec.(type) {
		case *layers.Conv3D:
			narrow, is := w.node(next).Spec.(*layers.Conv3D)
			if !is || narrow.Filters >= wide.Filters || narrow.KernelSize == [3]int{1, 1, 1} {
				continue
			}
			label, setting = fmt.Sprintf("%s behind %d", plural(narrow.Filters, "filter"), wide.Filters), "filters"
		case *layers.Dense:
			wider, is := w.node(next).Spec.(*layers.Dense)
			if !is || wider.Units <= wide.Units {
				continue
			}
			label, setting = fmt.Sprintf("%s behind %d", plural(wider.Units, "unit"), wide.Units), "units"
		default:
			continue
		}
		place := w.place(next)
		c.ReportUnless(place.Allow, diag.New(arc013, place.Setting(setting), label).
			And(w.place(i).Setting(setting), "decided here").
			Suggest("let filters become more where the grid becomes coarser, and hidden dense layers narrower towards the output"))
		return
	}
}}

// grows says whether a layer leads to a finer grid.
func grows(s any) bool {
	switch s.(type) {
	case *layers.UpSample3D, *layers.Conv3DTranspose:
		return true
	}
	return false
}

var arc013 = &diag.Code{
	ID: "ARC013", Severity: diag.Info,
	Title: "widths that run against the usual order",
	Means: "A convolution has fewer filters than the one in front of it, or a hidden dense layer more units. Shown with `--info`; `pipe summary` shows all widths.",
	Why:   "A coarser grid has room for more kinds of pattern, and what is told apart at the end is less than what was seen. It is a habit and no law: other orders train as well.",
	Ways:  []string{"filters that double where a pooling halves the grid, dense layers that become narrower", "nothing has to be done"},
	Fails: stages("phantom: {samples: 40, size: [16, 16, 16]}", "reshape: {expand_dims: -1}", twoWidths(16, 8),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages("phantom: {samples: 40, size: [16, 16, 16]}", "reshape: {expand_dims: -1}", twoWidths(8, 16),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}

// twoWidths writes a model of two convolutions with so many filters.
func twoWidths(first, second int) string {
	const conv = "conv3d: {filters: %d, kernel_size: 3, padding: same, activation: relu}, max_pool3d, "
	return fmt.Sprintf("model: {layers: ["+conv+conv+"flatten, dense: {units: 2, activation: softmax}]}", first, second)
}
