package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
)

// LeakyReLU keeps what is above 0 and makes the rest smaller: f(x) = x for
// x > 0, else negative_slope · x. No unit can get stuck at 0 as with relu.
type LeakyReLU struct {
	// The slope below 0: by default 0.3 as a layer, but 0.2 as the activation of a
	// layer, as in Keras. PyTorch has 0.01.
	NegativeSlope float64 `yaml:"negative_slope" validate:"gte=0"`
	elementwise   `yaml:"-"`
	Training      `yaml:",inline"`
}

// Build makes the layer alive.
func (l *LeakyReLU) Build(nn.Site[float32]) nn.Layer[float32] {
	return newCurve(kernel.LeakyReLU(float32(l.NegativeSlope)))
}

// Build64 makes the layer alive in double precision.
func (l *LeakyReLU) Build64(nn.Site[float64]) nn.Layer[float64] {
	slope := l.NegativeSlope
	return &curve[float64]{
		value: func(x, y []float64) {
			for i, v := range x {
				if v < 0 {
					v *= slope
				}
				y[i] = v
			}
		},
		slope: func(x, _, dy, dx []float64) {
			for i, v := range x {
				if v > 0 {
					dx[i] = dy[i]
				} else {
					dx[i] = slope * dy[i]
				}
			}
		},
	}
}
