package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// ARC007 finds networks without any bias or anything that shifts values.
var ARC007 = &Rule{Code: arc007, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	first, kernels := -1, 0
	for i := range m.Graph.Nodes {
		s := w.node(i).Spec
		if !multiplies(s) {
			if normalizes(s) {
				return
			}
			continue
		}
		if biased(s) {
			return
		}
		if kernels++; first < 0 {
			first = i
		}
	}
	if kernels < 2 {
		return
	}
	place := w.place(first)
	c.ReportUnless(place.Allow, diag.New(arc007, place.Setting("use_bias"), fmt.Sprintf("none of the %d layers with kernels has a bias", kernels)).
		Note("without a shift anywhere an input of zeros always gives scores of 0, and a common class cannot be made likelier than a rare one").
		Suggest("leave use_bias out: it is true by default", replace(place.Setting("use_bias"), "true")...).
		Suggest("or put a batch_norm behind each layer"))
}}

// biased says whether a layer with a kernel adds a bias.
func biased(s nn.Spec) bool {
	switch l := s.(type) {
	case *layers.Conv3D:
		return l.UseBias
	case *layers.Conv3DTranspose:
		return l.UseBias
	case *layers.DepthwiseConv3D:
		return l.UseBias
	case *layers.Dense:
		return l.UseBias
	}
	return false
}

var arc007 = &diag.Code{
	ID: "ARC007", Severity: diag.Warning,
	Title: "a network without any bias",
	Means: "All convolutions and dense layers have `use_bias: false`, and no normalisation stands in for the bias.",
	Why:   "Every unit's boundary goes through zero. Volumes that are all positive are hard to tell apart like that, and the last layer cannot say that one class is commoner than another. A bias right in front of a batch_norm is needless, and that is not reported.",
	Ways:  []string{"leave `use_bias` out", "a `batch_norm` behind each layer"},
	Fails: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3, activation: relu, use_bias: false}, global_average_pool3d, dense: {units: 2, activation: softmax, use_bias: false}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3, activation: relu}, global_average_pool3d, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
