package layers

import (
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
)

// Elu keeps what is above 0 and bends the rest towards -alpha: f(x) = x for
// x > 0, else alpha · (eˣ - 1) (Clevert et al., 2016).
type Elu struct {
	// How far the function goes below 0.
	Alpha       float64 `yaml:"alpha" validate:"gte=0"`
	elementwise `yaml:"-"`
	Training    `yaml:",inline"`
}

// Build makes the layer alive.
func (e *Elu) Build(nn.Site[float32]) nn.Layer[float32] { return newCurve(kernel.Elu(1, e.Alpha)) }

// Build64 makes the layer alive in double precision.
func (e *Elu) Build64(nn.Site[float64]) nn.Layer[float64] { return newElu64(1, e.Alpha) }

// newElu64 is scale · x above 0, scale · alpha · (eˣ - 1) below.
func newElu64(scale, alpha float64) nn.Layer[float64] {
	below := scale * alpha
	return &curve[float64]{
		value: func(x, y []float64) {
			for i, v := range x {
				if v > 0 {
					y[i] = scale * v
				} else {
					y[i] = below * math.Expm1(v)
				}
			}
		},
		slope: func(x, y, dy, dx []float64) {
			for i, v := range x {
				if v > 0 {
					dx[i] = scale * dy[i]
				} else {
					dx[i] = (y[i] + below) * dy[i]
				}
			}
		},
	}
}
