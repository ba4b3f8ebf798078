package layers

import (
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
)

// Tanh bends each value into -1 … 1: f(x) = tanh(x).
type Tanh struct {
	elementwise `yaml:"-"`
	Training    `yaml:",inline"`
}

// Build makes the layer alive.
func (t *Tanh) Build(nn.Site[float32]) nn.Layer[float32] { return newCurve(kernel.Tanh()) }

// Build64 makes the layer alive in double precision.
func (t *Tanh) Build64(nn.Site[float64]) nn.Layer[float64] {
	return newCurve64(math.Tanh, func(_, y float64) float64 { return 1 - y*y })
}
