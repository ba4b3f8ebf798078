package rules

import (
	"fmt"
	"math"
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/initial"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// widest is how many times as large as its inputs the sums of a layer may be at
// the start: the usual initializers make it about 1. widestInAll is that of layers one
// behind the other, each of which is less than that, and more than twice too wide.
const (
	widest      = 10
	widestInAll = 100
	wide        = 2
)

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
				As(diag.Error).
				Note("units with equal weights give equal outputs and get equal gradients: the %d of them stay one", units(node.Spec)).
				Suggest("leave kernel_initializer out, which is glorot_uniform", replace(at, "glorot_uniform")...))
			continue
		}
		spread := spreadOf(init)
		fan := w.fanIn(i)
		if gain := spread * math.Sqrt(float64(fan)); gain > widest {
			c.ReportUnless(place.Allow, diag.New(arc008, at, fmt.Sprintf("weights of %.3g in the mean square, summed over %d inputs, make values about %.0f times as large", spread, fan, gain)).
				As(diag.Error).
				Note("%.3g × √%d = %.1f; glorot and he make it about 1", spread, fan, gain).
				Suggest("leave kernel_initializer out, which is glorot_uniform", replace(at, "glorot_uniform")...))
			return
		}
	}
	w.wideInAll(c)
}}

// wideInAll finds layers one behind the other that together make values far too
// large. What normalises or bounds the values begins anew, and half of what comes out
// of a relu is 0.
func (w wiring) wideInAll(c *pipeline.Check) {
	type chain struct {
		gain   float64
		layers []int // those that are too wide
	}
	so := make([]chain, len(w.Graph.Nodes))
	for i := range w.Graph.Nodes {
		node := w.node(i)
		at := chain{gain: 1}
		if before, single := w.before(i); single {
			at = so[before]
		}
		switch node.Spec.(type) {
		case *layers.ReLU, *layers.LeakyReLU, *layers.Elu, *layers.Gelu, *layers.Silu:
			at.gain *= math.Sqrt2 / 2
		case *layers.BatchNorm, *layers.LayerNorm, *layers.GroupNorm, *layers.InstanceNorm, *layers.Sigmoid, *layers.Tanh, *layers.Softmax:
			at = chain{gain: 1}
		}
		if init := kernelInitializer(node.Spec); init != nil && !node.Frozen && spreadOf(init) > 0 {
			gain := spreadOf(init) * math.Sqrt(float64(w.fanIn(i)))
			at.gain *= gain
			if gain > wide {
				at.layers = append(slices.Clone(at.layers), i)
			}
		}
		so[i] = at
		if at.gain <= widestInAll || len(at.layers) < 2 {
			continue
		}
		place := w.place(at.layers[0])
		setting := place.Setting("kernel_initializer")
		c.ReportUnless(place.Allow, diag.New(arc008, setting, fmt.Sprintf("this and %s behind it make values about %.0f times as large", plural(len(at.layers)-1, "such layer"), at.gain)).
			And(w.place(i).Kind, "as far as here").
			Note("glorot and he leave them about as large as they are").
			Suggest("leave kernel_initializer out, which is glorot_uniform").
			Suggest("or put batch_norm behind each of them"))
		return
	}
}

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
	// A warning, so that it can be allowed, of several layers together; else an error.
	ID: "ARC008", Severity: diag.Warning,
	Title: "first weights that are all alike, or far too large",
	Means: "A hidden layer's kernel starts from one number (`zeros`, `ones`, `constant`, or a `stddev` of 0), or is drawn so widely that sums are over ten times as large as their inputs. A warning where it takes several layers one behind the other to make them a hundred times as large, without a normalisation between them.",
	Why:   "Equal weights stay equal for ever: a layer of 64 filters is a layer of one. Very large ones saturate the softmax from the first step on, where there is no gradient.",
	Ways:  []string{"leave `kernel_initializer` out (`glorot_uniform`)", "`he_normal` in front of `relu`"},
	Fails: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3, activation: relu, kernel_initializer: zeros}, global_average_pool3d, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3, activation: relu, kernel_initializer: he_normal}, global_average_pool3d, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
