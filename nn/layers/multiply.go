package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Multiply gives the product of its inputs, element by element. All must have the
// same shape.
type Multiply struct {
	merging  `yaml:"-"`
	Training `yaml:",inline"`
}

// Build makes the layer alive.
func (m *Multiply) Build(nn.Site[float32]) nn.Layer[float32] { return newProduct[float32]() }

// Build64 makes the layer alive in double precision.
func (m *Multiply) Build64(nn.Site[float64]) nn.Layer[float64] { return newProduct[float64]() }

func newProduct[T tensor.Float]() nn.Layer[T] {
	return &combination[T]{
		value: func(x []*tensor.Tensor[T], y []T, from, to int) {
			for i := from; i < to; i++ {
				y[i] = x[0].Data[i] * x[1].Data[i]
			}
			for _, more := range x[2:] {
				for i := from; i < to; i++ {
					y[i] *= more.Data[i]
				}
			}
		},
		slope: func(x []*tensor.Tensor[T], which int, _, dy, dx []T, from, to int) {
			copy(dx[from:to], dy[from:to])
			for other := range x {
				if other == which {
					continue
				}
				for i := from; i < to; i++ {
					dx[i] *= x[other].Data[i]
				}
			}
		},
	}
}
