package layers

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Subtract gives its first input minus its second, element by element. Along an
// axis where one of them has size 1 it is repeated; else both must have the same
// shape.
type Subtract struct {
	merging  `yaml:"-"`
	Training `yaml:",inline"`
}

// Output is the shape that both inputs are brought to.
func (s *Subtract) Output(in []shape.Shape) (shape.Shape, error) {
	if len(in) > 2 {
		return nil, &shape.Mismatch{
			Fault: shape.Setting, Settings: []string{"from"}, Input: in[2], Axis: -1,
			Problem:    "the layer takes the second of two inputs from the first",
			Arithmetic: fmt.Sprintf("%d inputs, not 2", len(in)),
			Remedy:     "name two inputs",
		}
	}
	return joined(in)
}

// Build makes the layer alive.
func (s *Subtract) Build(site nn.Site[float32]) nn.Layer[float32] { return newDifference(site) }

// Build64 makes the layer alive in double precision.
func (s *Subtract) Build64(site nn.Site[float64]) nn.Layer[float64] { return newDifference(site) }

func newDifference[T tensor.Float](site nn.Site[T]) nn.Layer[T] {
	return newCombination(site, func(x [][]T, y []T) {
		first, second := x[0][:len(y)], x[1][:len(y)]
		for i := range y {
			y[i] = first[i] - second[i]
		}
	}, func(_ [][]T, which int, _, dy, dx []T) {
		if which == 0 {
			copy(dx, dy)
			return
		}
		for i, v := range dy {
			dx[i] = -v
		}
	})
}
