package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Average gives the mean of its inputs, element by element. All must have the
// same shape.
type Average struct {
	merging  `yaml:"-"`
	Training `yaml:",inline"`
}

// Build makes the layer alive.
func (a *Average) Build(nn.Site[float32]) nn.Layer[float32] { return newMean[float32]() }

// Build64 makes the layer alive in double precision.
func (a *Average) Build64(nn.Site[float64]) nn.Layer[float64] { return newMean[float64]() }

func newMean[T tensor.Float]() nn.Layer[T] {
	return &combination[T]{
		value: func(x []*tensor.Tensor[T], y []T, from, to int) {
			sum(x, y, from, to)
			for i := from; i < to; i++ {
				y[i] /= T(len(x))
			}
		},
		slope: func(x []*tensor.Tensor[T], _ int, _, dy, dx []T, from, to int) {
			for i := from; i < to; i++ {
				dx[i] = dy[i] / T(len(x))
			}
		},
	}
}
