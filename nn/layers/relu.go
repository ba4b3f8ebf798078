package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// ReLU keeps what is above 0 and makes the rest 0: f(x) = max(x, 0). The usual
// choice inside a network.
type ReLU struct {
	// The largest value of the output; none has no limit.
	MaxValue *float64 `yaml:"max_value" validate:"omitempty,gte=0"`
	// The slope below the threshold.
	NegativeSlope float64 `yaml:"negative_slope" validate:"gte=0"`
	// Where the function begins to rise: above it is x itself. At the threshold it is
	// still 0, as in Keras' code; its documentation counts the threshold in.
	Threshold   float64 `yaml:"threshold" validate:"gte=0"`
	elementwise `yaml:"-"`
	Training    `yaml:",inline"`
}

// Build makes the layer alive.
func (r *ReLU) Build(nn.Site[float32]) nn.Layer[float32] {
	switch {
	case r.MaxValue != nil || r.Threshold != 0:
		return newBentReLU[float32](r)
	case r.NegativeSlope != 0:
		return newCurve(kernel.LeakyReLU(float32(r.NegativeSlope)))
	default:
		return newCurve(kernel.ReLU())
	}
}

// Build64 makes the layer alive in double precision.
func (r *ReLU) Build64(nn.Site[float64]) nn.Layer[float64] {
	if r.MaxValue != nil || r.Threshold != 0 || r.NegativeSlope != 0 {
		return newBentReLU[float64](r)
	}
	return &curve[float64]{
		value: func(x, y []float64) {
			for i, v := range x {
				y[i] = max(v, 0)
			}
		},
		slope: func(_, y, dy, dx []float64) {
			for i, v := range y {
				if v > 0 {
					dx[i] = dy[i]
				} else {
					dx[i] = 0
				}
			}
		},
	}
}

// newBentReLU is Keras' full function: negative_slope·(x - threshold) up to the
// threshold, x above it, and max_value where x is more than that.
func newBentReLU[T tensor.Float](r *ReLU) nn.Layer[T] {
	slope, threshold := T(r.NegativeSlope), T(r.Threshold)
	below := func(v T) T { return slope * (v - threshold) }
	if slope == 0 {
		below = func(T) T { return 0 } // of what is infinitely far below, too
	}
	limited := func(T) bool { return false }
	var limit T
	if r.MaxValue != nil {
		limit = T(*r.MaxValue)
		limited = func(v T) bool { return v >= limit }
	}
	return &curve[T]{
		value: func(x, y []T) {
			for i, v := range x {
				switch {
				case v <= threshold:
					y[i] = below(v)
				case limited(v):
					y[i] = limit
				default:
					y[i] = v
				}
			}
		},
		slope: func(x, _, dy, dx []T) {
			for i, v := range x {
				switch {
				case v <= threshold:
					dx[i] = slope * dy[i]
				case limited(v):
					dx[i] = 0
				default:
					dx[i] = dy[i]
				}
			}
		},
	}
}
