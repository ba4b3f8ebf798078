package layers

import (
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
)

// Sigmoid turns each value into a probability of its own: f(x) = 1 / (1 + e⁻ˣ).
// At the end of a network it goes with binary_crossentropy.
type Sigmoid struct {
	elementwise `yaml:"-"`
	Training    `yaml:",inline"`
}

// Build makes the layer alive.
func (s *Sigmoid) Build(nn.Site[float32]) nn.Layer[float32] { return newCurve(kernel.Logistic()) }

// Build64 makes the layer alive in double precision.
func (s *Sigmoid) Build64(nn.Site[float64]) nn.Layer[float64] {
	return newCurve64(logistic, func(_, y float64) float64 { return y * (1 - y) })
}

// logistic is 1 / (1 + e⁻ˣ). Where e⁻ˣ overflows it is 0, as it should be.
func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
