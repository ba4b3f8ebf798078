package penalty

// L1L2 adds both penalties to the loss: a multiple of the weights' magnitudes
// and a multiple of their squares.
type L1L2 struct {
	// The factor of the magnitudes.
	L1 float64 `yaml:"l1" validate:"gte=0"`
	// The factor of the squares.
	L2 float64 `yaml:"l2" validate:"gte=0"`
}

// Penalty is l1 × |w| + l2 × w².
func (l *L1L2) Penalty(w float64) (value, slope float64) {
	magnitude, pull := (&L1{Factor: l.L1}).Penalty(w)
	square, slope := (&L2{Factor: l.L2}).Penalty(w)
	return magnitude + square, pull + slope
}
