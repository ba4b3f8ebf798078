package layers

import (
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
)

// Softplus applies a smooth relu that stays above 0: f(x) = ln(1 + eˣ). PyTorch's is
// x itself above 20.
type Softplus struct {
	elementwise `yaml:"-"`
	Training    `yaml:",inline"`
}

// Build makes the layer alive.
func (s *Softplus) Build(nn.Site[float32]) nn.Layer[float32] { return newCurve(kernel.Softplus()) }

// Build64 makes the layer alive in double precision.
func (s *Softplus) Build64(nn.Site[float64]) nn.Layer[float64] {
	// Neither exponential can overflow.
	return newCurve64(func(x float64) float64 {
		return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
	}, func(x, _ float64) float64 { return logistic(x) })
}
