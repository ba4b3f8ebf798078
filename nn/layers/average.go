package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Average gives the mean of its inputs, element by element. Along an axis where
// an input has size 1 it is repeated; else all must have the same shape.
type Average struct {
	merging  `yaml:"-"`
	Training `yaml:",inline"`
}

// Build makes the layer alive.
func (a *Average) Build(site nn.Site[float32]) nn.Layer[float32] { return newMean(site) }

// Build64 makes the layer alive in double precision.
func (a *Average) Build64(site nn.Site[float64]) nn.Layer[float64] { return newMean(site) }

func newMean[T tensor.Float](site nn.Site[T]) nn.Layer[T] {
	return newCombination(site, func(x [][]T, y []T) {
		sum(x, y)
		for i := range y {
			y[i] /= T(len(x))
		}
	}, func(x [][]T, _ int, _, dy, dx []T) {
		for i, v := range dy {
			dx[i] = v / T(len(x))
		}
	})
}
