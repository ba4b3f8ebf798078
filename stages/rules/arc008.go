package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/initial"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// widest is how many times as large as its inputs the sums of a layer may be at
// the start: the usual initializers make it about 1.
const widest = 10

// ARC008 finds first weights that are all alike, or far too large. The last
// layer, and one whose output is added to something, may start from zeros.
var ARC008 = &Rule{Code: arc008, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	for i := range m.Graph.Nodes {
		node := w.node(i)
		init := kernelInitializer(node.Spec)
		if init == nil || node.Frozen {
			continue
		}
		place := w.place(i)
		at := place.Setting("kernel_initializer")
		_, hidden := w.learner(i)
		if value, constant := sameFor(init); constant && units(node.Spec) > 1 && hidden {
			c.ReportUnless(place.Allow, diag.New(arc008, at, fmt.Sprintf("every weight starts at %g", value)).
				Note("units with equal weights give equal outputs and get equal gradients: the %d of them stay one", units(node.Spec)).
				Suggest("leave kernel_initializer out, which is glorot_uniform", replace(at, "glorot_uniform")...))
			continue
		}
		spread := spreadOf(init)
		fan := w.fanIn(i)
		if gain := spread * math.Sqrt(float64(fan)); gain > widest {
			c.ReportUnless(place.Allow, diag.New(arc008, at, fmt.Sprintf("weights of %.3g in the mean square, summed over %d inputs, make values about %.0f times as large", spread, fan, gain)).
				Note("%.3g × √%d = %.1f; glorot and he make it about 1", spread, fan, gain).
				Suggest("leave kernel_initializer out, which is glorot_uniform", replace(at, "glorot_uniform")...))
		}
	}
}}

// sameFor gives the value of an initializer that draws nothing, or always the same.
func sameFor(i nn.Initializer) (float64, bool) {
	switch i := i.(type) {
	case *initial.Zeros:
		return 0, true
	case *initial.Ones:
		return 1, true
	case *initial.Constant:
		return i.Value, true
	case *initial.RandomNormal:
		return i.Mean, i.Deviation == 0
	case *initial.TruncatedNormal:
		return i.Mean, i.Deviation == 0
	case *initial.RandomUniform:
		return i.Low, i.Low == i.High
	}
	return 0, false
}

// spreadOf is the root of the mean square of what an initializer draws that does
// not look at the layer; 0 for the others.
func spreadOf(i nn.Initializer) float64 {
	switch i := i.(type) {
	case *initial.RandomNormal:
		return math.Hypot(i.Mean, i.Deviation)
	case *initial.TruncatedNormal:
		return math.Hypot(i.Mean, 0.88*i.Deviation)
	case *initial.RandomUniform:
		return math.Sqrt((i.Low*i.Low + i.Low*i.High + i.High*i.High) / 3)
	}
	return 0
}

// units is how many outputs with weights of their own a layer has.
func units(s nn.Spec) int {
	switch l := s.(type) {
	case *layers.Conv3D:
		return l.Filters
	case *layers.Conv3DTranspose:
		return l.Filters
	case *layers.Dense:
		return l.Units
	}
	return 0
}

var arc008 = &diag.Code{
	ID: "ARC008", Severity: diag.Error,
	Title: "first weights that are all alike, or far too large",
	Means: "A hidden layer's kernel starts from one number (`zeros`, `ones`, `constant`, or a `stddev` of 0), or is drawn so widely that sums are over ten times as large as their inputs.",
	Why:   "Equal weights stay equal for ever: a layer of 64 filters is a layer of one. Very large ones saturate the softmax from the first step on, where there is no gradient.",
	Ways:  []string{"leave `kernel_initializer` out (`glorot_uniform`)", "`he_normal` in front of `relu`"},
	Fails: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3, activation: relu, kernel_initializer: zeros}, global_average_pool3d, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3, activation: relu, kernel_initializer: he_normal}, global_average_pool3d, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
