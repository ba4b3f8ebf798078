package layers

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Subtract gives its first input minus its second, element by element. Both must
// have the same shape.
type Subtract struct {
	merging  `yaml:"-"`
	Training `yaml:",inline"`
}

// Output is the shape that both inputs have.
func (s *Subtract) Output(in []shape.Shape) (shape.Shape, error) {
	if len(in) > 2 {
		return nil, &shape.Mismatch{
			Fault: shape.Setting, Settings: []string{"from"}, Input: in[2], Axis: -1,
			Problem:    "the layer takes the second of two inputs from the first",
			Arithmetic: fmt.Sprintf("%d inputs, not 2", len(in)),
			Remedy:     "name two inputs",
		}
	}
	return agreed(in, -1)
}

// Build makes the layer alive.
func (s *Subtract) Build(nn.Site[float32]) nn.Layer[float32] { return newDifference[float32]() }

// Build64 makes the layer alive in double precision.
func (s *Subtract) Build64(nn.Site[float64]) nn.Layer[float64] { return newDifference[float64]() }

func newDifference[T tensor.Float]() nn.Layer[T] {
	return &combination[T]{
		value: func(x []*tensor.Tensor[T], y []T, from, to int) {
			for i := from; i < to; i++ {
				y[i] = x[0].Data[i] - x[1].Data[i]
			}
		},
		slope: func(_ []*tensor.Tensor[T], which int, _, dy, dx []T, from, to int) {
			if which == 0 {
				copy(dx[from:to], dy[from:to])
				return
			}
			for i := from; i < to; i++ {
				dx[i] = -dy[i]
			}
		},
	}
}
