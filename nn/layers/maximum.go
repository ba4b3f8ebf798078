package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Maximum gives the largest of its inputs, element by element. All must have the
// same shape.
type Maximum struct {
	merging  `yaml:"-"`
	Training `yaml:",inline"`
}

// Build makes the layer alive.
func (m *Maximum) Build(nn.Site[float32]) nn.Layer[float32] { return newLargest[float32]() }

// Build64 makes the layer alive in double precision.
func (m *Maximum) Build64(nn.Site[float64]) nn.Layer[float64] { return newLargest[float64]() }

// newLargest gives the gradient to the first of several equal inputs.
func newLargest[T tensor.Float]() nn.Layer[T] {
	return &combination[T]{
		value: func(x []*tensor.Tensor[T], y []T, from, to int) {
			copy(y[from:to], x[0].Data[from:to])
			for _, more := range x[1:] {
				for i := from; i < to; i++ {
					y[i] = max(y[i], more.Data[i])
				}
			}
		},
		slope: func(x []*tensor.Tensor[T], which int, y, dy, dx []T, from, to int) {
			for i := from; i < to; i++ {
				first := 0
				for first < which && x[first].Data[i] != y[i] {
					first++
				}
				if first == which && x[which].Data[i] == y[i] {
					dx[i] = dy[i]
				} else {
					dx[i] = 0
				}
			}
		},
	}
}
