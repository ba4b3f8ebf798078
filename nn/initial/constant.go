package initial

import "math/rand/v2"

// Zeros sets every element to 0.
type Zeros struct{}

// Fill sets w to 0.
func (*Zeros) Fill(w []float64, _ []int, _ *rand.Rand) { clear(w) }

// Ones sets every element to 1.
type Ones struct{}

// Fill sets w to 1.
func (*Ones) Fill(w []float64, _ []int, _ *rand.Rand) { fill(w, 1) }

// Constant sets every element to one value.
type Constant struct {
	// The value.
	Value float64 `yaml:"value"`
}

// Fill sets w to the value.
func (c *Constant) Fill(w []float64, _ []int, _ *rand.Rand) { fill(w, c.Value) }

func fill(w []float64, value float64) {
	for i := range w {
		w[i] = value
	}
}
