package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Multiply gives the product of its inputs, element by element. Along an axis
// where an input has size 1, or one that it does not have, it is repeated: the
// channels of a volume [N, D, H, W, C] are weighed by [N, 1, 1, 1, C] or [N, C], as
// squeeze-and-excitation does. Else all must have the same shape.
type Multiply struct {
	merging  `yaml:"-"`
	Training `yaml:",inline"`
}

// Build makes the layer alive.
func (m *Multiply) Build(site nn.Site[float32]) nn.Layer[float32] { return newProduct(site) }

// Build64 makes the layer alive in double precision.
func (m *Multiply) Build64(site nn.Site[float64]) nn.Layer[float64] { return newProduct(site) }

func newProduct[T tensor.Float](site nn.Site[T]) nn.Layer[T] {
	return newCombination(site, func(x [][]T, y []T) {
		first, second := x[0][:len(y)], x[1][:len(y)]
		for i := range y {
			y[i] = first[i] * second[i]
		}
		for _, more := range x[2:] {
			for i, v := range more[:len(y)] {
				y[i] *= v
			}
		}
	}, func(x [][]T, which int, _, dy, dx []T) {
		copy(dx, dy)
		for other := range x {
			if other == which {
				continue
			}
			for i, v := range x[other][:len(dx)] {
				dx[i] *= v
			}
		}
	})
}
