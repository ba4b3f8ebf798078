package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Maximum gives the largest of its inputs, element by element. Along an axis where
// an input has size 1 it is repeated; else all must have the same shape. Where
// several are the largest, the gradient goes to the first of them, as in TensorFlow;
// PyTorch shares it out.
type Maximum struct {
	merging  `yaml:"-"`
	Training `yaml:",inline"`
}

// Build makes the layer alive.
func (m *Maximum) Build(site nn.Site[float32]) nn.Layer[float32] { return newLargest(site) }

// Build64 makes the layer alive in double precision.
func (m *Maximum) Build64(site nn.Site[float64]) nn.Layer[float64] { return newLargest(site) }

// newLargest gives the gradient to the first of several equal inputs.
func newLargest[T tensor.Float](site nn.Site[T]) nn.Layer[T] {
	return newCombination(site, func(x [][]T, y []T) {
		copy(y, x[0])
		for _, more := range x[1:] {
			for i, v := range more[:len(y)] {
				y[i] = max(y[i], v)
			}
		}
	}, func(x [][]T, which int, y, dy, dx []T) {
		for i := range dx {
			first := 0
			for first < which && x[first][i] != y[i] {
				first++
			}
			if first == which && x[which][i] == y[i] {
				dx[i] = dy[i]
			} else {
				dx[i] = 0
			}
		}
	})
}
