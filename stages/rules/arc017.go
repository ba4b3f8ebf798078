package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// manyPooled is from how many convolutions on a network is deep enough for groups.
const manyPooled = 4

// ARC017 remarks on deep networks in which a pooling stands behind every convolution.
var ARC017 = &Rule{Code: arc017, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	count, last := 0, 0
	for i := range m.Graph.Nodes {
		if _, is := w.node(i).Spec.(*layers.Conv3D); !is {
			continue
		}
		pool, pooled := w.pooledBehind(i)
		if !pooled {
			return
		}
		count, last = count+1, pool
	}
	if count < manyPooled {
		return
	}
	place := w.place(last)
	c.ReportUnless(place.Allow, diag.New(arc017, place.Kind, fmt.Sprintf("each of %d convolutions has a pooling behind it", count)).
		Suggest("put two to four convolutions in front of each pooling, as VGG and ResNet do"))
}}

// pooledBehind is the pooling behind a layer, with nothing but activations,
// normalisation and dropout between.
func (w wiring) pooledBehind(i int) (pool int, found bool) {
	for {
		next, one := w.next(i)
		if !one {
			return 0, false
		}
		switch w.node(next).Spec.(type) {
		case *layers.MaxPool3D, *layers.AveragePool3D:
			return next, true
		case layers.Activation, *layers.BatchNorm, *layers.GroupNorm, *layers.InstanceNorm, *layers.LayerNorm, *layers.Dropout, *layers.SpatialDropout3D:
			i = next
		default:
			return 0, false
		}
	}
}

var arc017 = &diag.Code{
	ID: "ARC017", Severity: diag.Info,
	Title: "pooling behind every convolution",
	Means: "A network has four convolutions or more, and a pooling behind each of them. Shown with `--info`.",
	Why:   "Two convolutions in a row see as much as one with a larger kernel, with fewer weights and one more bend between; with few layers, one by one is usual.",
	Ways:  []string{"two to four convolutions in front of each pooling, as in VGG and ResNet", "nothing has to be done"},
	Fails: stages("phantom: {samples: 40, size: [32, 32, 32]}", "reshape: {expand_dims: -1}", deepPooled("max_pool3d, "),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages("phantom: {samples: 40, size: [32, 32, 32]}", "reshape: {expand_dims: -1}", deepPooled(""),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}

// deepPooled writes a model of four convolutions, and what stands behind the first and
// the third beside the poolings behind the others.
func deepPooled(first string) string {
	const conv = "conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}, "
	return "model: {layers: [" + conv + first + conv + "max_pool3d, " + conv + first + conv + "max_pool3d, flatten, dense: {units: 2, activation: softmax}]}"
}
