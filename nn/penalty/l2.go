package penalty

// L2 adds a multiple of the sum of the weights' squares to the loss. It keeps
// all weights small.
type L2 struct {
	// The factor. The penalty is factor × w², without a half, as in Keras.
	Factor float64 `yaml:"l2" validate:"gte=0"`
}

// Penalty is factor × w².
func (l *L2) Penalty(w float64) (value, slope float64) {
	return l.Factor * w * w, 2 * l.Factor * w
}
