package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// The thresholds of SHP015. VGG16 flattens to 25 088 features and C3D to 8192,
// so 65 536 is far beyond what is usual; and ten million weights in one layer
// are worth a word only if they are many for the number of examples.
const (
	manyFeatures      = 65_536
	manyWeights       = 10_000_000
	weightsPerExample = 1_000
)

// SHP015 finds a dense layer with very many weights behind a flatten.
var SHP015 = &Rule{Code: shp015, Network: func(c *pipeline.Check, m *pipeline.Model) {
	for i := range m.Graph.Nodes {
		node := &m.Graph.Nodes[i]
		dense, is := node.Spec.(*layers.Dense)
		if !is || len(node.Inputs) != 1 || node.Inputs[0] == nn.FromInput {
			continue
		}
		flat, found := flattenBefore(m, node.Inputs[0])
		if !found || len(m.Graph.Nodes[flat].Output) != 1 {
			continue
		}
		features, known := m.Graph.Nodes[flat].Output[0].Known()
		if weights := features * dense.Units; !known || features < manyFeatures || weights < manyWeights || enough(m.Dataset, weights) {
			continue
		}
		place, flatten := m.Layers[node.ID], m.Layers[m.Graph.Nodes[flat].ID]
		d := diag.New(shp015, place.Setting("units"), fmt.Sprintf("%d × %d = %d weights", features, dense.Units, features*dense.Units)).
			And(flatten.Kind, fmt.Sprintf("this gives %d features", features)).
			Note("the shapes on the way: %s", Trail(m, flat))
		if n, known := trainingExamples(m.Dataset).Known(); known {
			d = d.Note("the model is trained on %d examples", n)
		}
		c.ReportUnless(place.Allow, d.
			Suggest("use global_average_pool3d in place of flatten", replace(flatten.Kind, "global_average_pool3d")...).
			Suggest("or pool more often in front of it"))
	}
}}

// flattenBefore finds the flatten that a node's values come from, through
// dropout and activations.
func flattenBefore(m *pipeline.Model, node int) (int, bool) {
	for node != nn.FromInput {
		n := &m.Graph.Nodes[node]
		switch n.Spec.(type) {
		case *layers.Flatten:
			return node, true
		case *layers.Dropout, *layers.GaussianNoise, layers.Activation:
			node = n.Inputs[0]
		default:
			return 0, false
		}
	}
	return 0, false
}

func enough(d *pipeline.Dataset, weights int) bool {
	n, known := trainingExamples(d).Known()
	return known && n*weightsPerExample >= weights
}

var shp015 = &diag.Code{
	ID: "SHP015", Severity: diag.Warning,
	Title: "very many weights behind a flatten",
	Means: "A flatten of at least 65 536 values stands in front of a dense layer, which then has ten million weights or more: over a thousand for each example to learn them from.",
	Why:   "Nearly all weights of the model would lie in one layer that sees every voxel by its place. It takes most of the memory and learns the examples by heart.",
	Ways:  []string{"`global_average_pool3d` in place of `flatten`", "more pooling, or strides, in front of it", "fewer units"},
	Fails: stages("phantom: {samples: 40, size: [16, 64, 64]}", "reshape: {expand_dims: -1}", "model:\n      layers:\n        - conv3d: {filters: 32, kernel_size: 3, padding: same, activation: relu}\n        - max_pool3d\n        - flatten\n        - dense: {units: 128, activation: relu}\n        - dense: {units: 2, activation: softmax}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages("phantom: {samples: 40, size: [16, 64, 64]}", "reshape: {expand_dims: -1}", "model:\n      layers:\n        - conv3d: {filters: 32, kernel_size: 3, padding: same, activation: relu}\n        - max_pool3d\n        - global_average_pool3d\n        - dense: {units: 128, activation: relu}\n        - dense: {units: 2, activation: softmax}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
