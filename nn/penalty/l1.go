package penalty

import "math"

// L1 adds a multiple of the sum of the weights' magnitudes to the loss. It
// drives weights that do little to exactly zero.
type L1 struct {
	// The factor.
	Factor float64 `yaml:"l1" validate:"gte=0"`
}

// Penalty is factor × |w|. At 0, where the derivative is not defined, the slope
// is 0, so that a weight which has come to rest there stays.
func (l *L1) Penalty(w float64) (value, slope float64) {
	return l.Factor * math.Abs(w), l.Factor * sign(w)
}

func sign(w float64) float64 {
	switch {
	case w > 0:
		return 1
	case w < 0:
		return -1
	}
	return 0
}
