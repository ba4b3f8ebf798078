package layers

import (
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
)

// Gelu weighs each value by the share of a normal distribution that lies below
// it: f(x) = x · Φ(x), a smooth relu (Hendrycks and Gimpel, 2016).
type Gelu struct {
	// Whether Φ is approximated by a tanh, as some published models do.
	Approximate bool `yaml:"approximate"`
	elementwise `yaml:"-"`
	Training    `yaml:",inline"`
}

// Build makes the layer alive.
func (g *Gelu) Build(nn.Site[float32]) nn.Layer[float32] {
	if g.Approximate {
		return newCurve(kernel.GeluByTanh())
	}
	return newCurve(kernel.Gelu())
}

// Build64 makes the layer alive in double precision.
func (g *Gelu) Build64(nn.Site[float64]) nn.Layer[float64] {
	if g.Approximate {
		return newCurve64(func(x float64) float64 {
			return x * tanhShare(x)
		}, func(x, _ float64) float64 {
			share := tanhShare(x)
			return share + 2*x*share*(1-share)*tanhRate*(1+3*tanhCubic*x*x)
		})
	}
	return newCurve64(func(x float64) float64 {
		return x * normalShare(x)
	}, func(x, _ float64) float64 {
		return normalShare(x) + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)
	})
}

// normalShare is Φ(x), written with erfc so that it stays exact far below 0.
func normalShare(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// The constants of the approximation of Φ.
const (
	tanhRate  = 0.79788456080286535587989211986876 // √(2/π)
	tanhCubic = 0.044715
)

// tanhShare is (1 + tanh(√(2/π)·(x + 0.044715·x³))) / 2.
func tanhShare(x float64) float64 { return (1 + math.Tanh(tanhRate*(x+tanhCubic*x*x*x))) / 2 }
