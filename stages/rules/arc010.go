package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// seenShare is the least share of an axis that should be seen at once before
// places are averaged away.
const seenShare = 1. / 6

// ARC010 finds networks that average over places before anything has seen more
// than a small part of the volume.
var ARC010 = &Rule{Code: arc010, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	if len(m.Graph.Input) != 4 {
		return
	}
	fields := w.fields()
	for i := range m.Graph.Nodes {
		switch w.node(i).Spec.(type) {
		case *layers.GlobalAveragePool3D, *layers.GlobalMaxPool3D:
		default:
			continue
		}
		from := w.node(i).Inputs[0]
		if from == nn.FromInput || w.convolutions(from) < 2 {
			continue
		}
		widest, share, seen, size := -1, seenShare, 0, 0
		for axis := range 3 {
			voxels, known := m.Graph.Input[axis].Known()
			field := fields[from].size[axis]
			if !known {
				return
			}
			if s := float64(field) / float64(voxels); s >= seenShare {
				return // enough along one axis at least
			} else if s < share {
				widest, share, seen, size = axis, s, field, voxels
			}
		}
		if widest < 0 {
			continue
		}
		place := w.place(i)
		c.ReportUnless(place.Allow, diag.New(arc010, place.Kind, fmt.Sprintf("here each value has seen %d of %d voxels along %s", seen, size, [3]string{"depth", "height", "width"}[widest])).
			Note("this layer then forgets where each value was: nothing larger than %d voxels, and no distance beyond that, can be told apart", seen).
			Suggest("pool between the convolutions: max_pool3d doubles what all later layers see").
			Suggest("or add layers, strides or dilation_rate"))
		return
	}
}}

// field is how much of the input a value has seen along each axis, and how far
// apart, in voxels of the input, two neighbours are.
type field struct{ size, step [3]int }

// fields are those of all nodes.
func (w wiring) fields() []field {
	all := make([]field, len(w.Graph.Nodes))
	for i := range w.Graph.Nodes {
		f := field{[3]int{1, 1, 1}, [3]int{1, 1, 1}}
		for _, from := range w.node(i).Inputs {
			if from != nn.FromInput {
				for axis := range 3 {
					f.size[axis] = max(f.size[axis], all[from].size[axis])
					f.step[axis] = max(f.step[axis], all[from].step[axis])
				}
			}
		}
		size, strides, dilation := windowOf(w.node(i).Spec)
		for axis := range 3 {
			f.size[axis] += (size[axis] - 1) * dilation[axis] * f.step[axis]
			f.step[axis] *= strides[axis]
		}
		all[i] = f
	}
	return all
}

// windowOf is the window of a layer, one voxel for those without.
func windowOf(s nn.Spec) (size, strides, dilation [3]int) {
	one := [3]int{1, 1, 1}
	switch l := s.(type) {
	case *layers.Conv3D:
		return l.KernelSize, l.Strides, l.DilationRate
	case *layers.DepthwiseConv3D:
		return l.KernelSize, l.Strides, l.DilationRate
	case *layers.MaxPool3D:
		return l.PoolSize, steps(l.Pool3D), one
	case *layers.AveragePool3D:
		return l.PoolSize, steps(l.Pool3D), one
	case *layers.Conv3DTranspose, *layers.UpSample3D:
		return [3]int{3, 3, 3}, one, one // at least what the coarse values saw
	}
	return one, one, one
}

// steps are a pool's strides: its size where they are not set.
func steps(p layers.Pool3D) [3]int {
	if p.Strides == [3]int{} {
		return p.PoolSize
	}
	return p.Strides
}

var arc010 = &diag.Code{
	ID: "ARC010", Severity: diag.Warning,
	Title: "a small part of the volume is all that is ever seen at once",
	Means: "A global pooling averages over places, and no value in front of it has seen a sixth of the volume along any axis.",
	Why:   "The network can count small patterns and nothing else: shapes larger than what it sees, and distances, leave no trace.",
	Ways:  []string{"`max_pool3d` between the convolutions", "more convolutions", "`strides: 2` or `dilation_rate: 2`"},
	Fails: stages("phantom: {samples: 40, size: [32, 32, 32]}", "reshape: {expand_dims: -1}", "model: {layers: [conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}, conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}, global_average_pool3d, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages("phantom: {samples: 40, size: [32, 32, 32]}", "reshape: {expand_dims: -1}", "model: {layers: [conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}, max_pool3d, conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}, max_pool3d, global_average_pool3d, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
