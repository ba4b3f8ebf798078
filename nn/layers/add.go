package layers

import (
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Add gives the sum of its inputs, element by element. Along an axis where an
// input has size 1 it is repeated; else all must have the same shape.
type Add struct {
	merging  `yaml:"-"`
	Training `yaml:",inline"`
	// shortcut says that this is the sum of a residual, whose two inputs must have
	// one shape.
	shortcut bool
}

// Output is the shape that all inputs are brought to.
func (a *Add) Output(in []shape.Shape) (shape.Shape, error) {
	if !a.shortcut {
		return joined(in)
	}
	out, err := agreed(in, -1)
	if m, is := err.(*shape.Mismatch); is && m.Fault == shape.Disagree {
		projected(m, in)
	}
	return out, err
}

// Space: the way back looks at neither, and gives what it gets unless an input was
// repeated.
func (a *Add) Space(in []shape.Shape, out shape.Shape, _ bool) nn.Space {
	whole := !slices.ContainsFunc(in, func(s shape.Shape) bool { return !s.Equal(out) })
	return nn.Space{ForgetsInput: true, ForgetsOutput: true, Shares: whole, Own: bytesOfSums(in, out)}
}

// Build makes the layer alive.
func (a *Add) Build(site nn.Site[float32]) nn.Layer[float32] { return newSum(site) }

// Build64 makes the layer alive in double precision.
func (a *Add) Build64(site nn.Site[float64]) nn.Layer[float64] { return newSum(site) }

func newSum[T tensor.Float](site nn.Site[T]) nn.Layer[T] { return newCombination(site, sum[T], nil) }

// sum sets y to the sum of all inputs.
func sum[T tensor.Float](x [][]T, y []T) {
	first, second := x[0][:len(y)], x[1][:len(y)]
	for i := range y {
		y[i] = first[i] + second[i]
	}
	for _, more := range x[2:] {
		for i, v := range more[:len(y)] {
			y[i] += v
		}
	}
}
