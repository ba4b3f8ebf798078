package layers

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// LayerNorm brings the values along some axes of each example to mean 0 and
// variance 1, by default the channels of each voxel, then scales and shifts them
// by learnt numbers. It does the same in training and afterwards, and does not
// depend on the batch (Ba et al., 2016).
//
// It takes [N, …] and gives the same shape. Its weights are gamma and beta, with
// one number for each place along the axes: [C], or [D, H, W, C] for
// axis: [1, 2, 3, 4]. PyTorch adds 1e-5 to the variance.
type LayerNorm struct {
	// The axis, or the list of axes, along which values are normalised together,
	// counted with the batch as axis 0; negative numbers count from the end, so -1
	// is the last one.
	Axis Axes `yaml:"axis" validate:"unique"`
	// Whether values are only divided by their deviation: nothing is taken off them
	// and beta is left out.
	RMSScaling  bool `yaml:"rms_scaling"`
	Normalizing `yaml:",inline"`
}

// Axes are axes of a batch. A config may write a single one as a number.
type Axes []int

// Single says that a list of one may be written as that one.
func (Axes) Single() {}

// Output is the input's shape.
func (n *LayerNorm) Output(in []shape.Shape) (shape.Shape, error) {
	if in[0] == nil {
		return nil, nil
	}
	if len(n.Axis) == 0 {
		return nil, n.refuse(in[0], "there is no axis to normalise along", "axis has 0 entries", "use axis: -1")
	}
	seen := make(map[int]int)
	for _, axis := range n.Axis {
		own, ok := exampleAxis(axis, in[0].Rank())
		if !ok {
			return nil, wrongAxis(axis, in[0])
		}
		if first, twice := seen[own]; twice {
			return nil, n.refuse(in[0], fmt.Sprintf("the axes %d and %d are the same", first, axis),
				fmt.Sprintf("%s has %s beside the batch", in[0].Batch(), axes(in[0].Rank())), "name each axis once")
		}
		seen[own] = axis
	}
	return in[0], nil
}

func (n *LayerNorm) refuse(in shape.Shape, problem, arithmetic, remedy string) error {
	return &shape.Mismatch{
		Fault: shape.Setting, Settings: []string{"axis"}, Input: in, Axis: -1,
		Problem: problem, Arithmetic: arithmetic, Remedy: remedy,
	}
}

// along lists the axes of one example in their order.
func (n *LayerNorm) along(rank int) []int {
	along := make([]int, len(n.Axis))
	for i, axis := range n.Axis {
		along[i], _ = exampleAxis(axis, rank)
	}
	slices.Sort(along)
	return along
}

// order is the axes of an example with those that are normalised last.
func (n *LayerNorm) order(rank int) []int {
	along := n.along(rank)
	var order []int
	for axis := range rank {
		if !slices.Contains(along, axis) {
			order = append(order, axis)
		}
	}
	return append(order, along...)
}

// Weights are gamma and beta, of the sizes of the axes.
func (n *LayerNorm) Weights(in []shape.Shape) []nn.Weight {
	var sizes shape.Shape
	for _, axis := range n.along(in[0].Rank()) {
		sizes = append(sizes, in[0][axis])
	}
	own := n.Normalizing
	if n.RMSScaling {
		own.Scale, own.Center = true, false
	}
	return own.affine(sizes)
}

// Space: the way back looks at the input.
func (n *LayerNorm) Space(_ []shape.Shape, out shape.Shape, training bool) nn.Space {
	sizes := out.MustSizes()
	rows := 1
	along := n.along(len(sizes))
	for axis, size := range sizes {
		if !slices.Contains(along, axis) {
			rows *= size
		}
	}
	const bytesOfRow = 4 * 8 // its mean and spread, and two sums
	return reorderedSpace(out, n.order(len(sizes)), training, bytesOfRow*rows)
}

// Build makes the layer alive.
func (n *LayerNorm) Build(site nn.Site[float32]) nn.Layer[float32] { return newLayerNorm(n, site) }

// Build64 makes the layer alive in double precision.
func (n *LayerNorm) Build64(site nn.Site[float64]) nn.Layer[float64] { return newLayerNorm(n, site) }

func newLayerNorm[T tensor.Float](n *LayerNorm, site nn.Site[T]) nn.Layer[T] {
	in := site.In[0]
	size := 1
	for _, axis := range n.along(len(in)) {
		size *= in[axis]
	}
	gamma, beta := affineOf(site.Params, n.Scale || n.RMSScaling, n.Center && !n.RMSScaling)
	l := newRowNorm(size, n.Epsilon, gamma, beta)
	if n.RMSScaling {
		l.shift = 0
	}
	return newExampleNorm(l, in, n.order(len(in)))
}
