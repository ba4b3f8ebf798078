package layers

import (
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Tanh bends each value into -1 … 1: f(x) = tanh(x).
type Tanh struct {
	elementwise `yaml:"-"`
	Training    `yaml:",inline"`
}

// Build makes the layer alive.
func (t *Tanh) Build(nn.Site[float32]) nn.Layer[float32] { return newTanh[float32]() }

// Build64 makes the layer alive in double precision.
func (t *Tanh) Build64(nn.Site[float64]) nn.Layer[float64] { return newTanh[float64]() }

func newTanh[T tensor.Float]() nn.Layer[T] {
	return newCurve[T](math.Tanh, func(_, y float64) float64 { return 1 - y*y })
}
