package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
)

// Silu weighs each value by its sigmoid: f(x) = x / (1 + e⁻ˣ), a smooth relu,
// also called swish.
type Silu struct {
	elementwise `yaml:"-"`
	Training    `yaml:",inline"`
}

// Build makes the layer alive.
func (s *Silu) Build(nn.Site[float32]) nn.Layer[float32] { return newCurve(kernel.Silu()) }

// Build64 makes the layer alive in double precision.
func (s *Silu) Build64(nn.Site[float64]) nn.Layer[float64] {
	return newCurve64(func(x float64) float64 {
		return x * logistic(x)
	}, func(x, y float64) float64 {
		s := logistic(x)
		return s + y*(1-s)
	})
}
