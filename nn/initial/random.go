package initial

import "math/rand/v2"

// RandomUniform draws every element evenly from an interval.
type RandomUniform struct {
	// The lower end of the interval.
	Low float64 `yaml:"minval"`
	// The upper end of the interval.
	High float64 `yaml:"maxval"`
}

// Fill draws from [Low, High).
func (u *RandomUniform) Fill(w []float64, _ []int, random *rand.Rand) {
	uniform(w, u.Low, u.High, random)
}

// RandomNormal draws every element from a normal distribution.
type RandomNormal struct {
	// The mean of the distribution.
	Mean float64 `yaml:"mean"`
	// The standard deviation of the distribution.
	Deviation float64 `yaml:"stddev" validate:"gte=0"`
}

// Fill draws from the normal distribution.
func (n *RandomNormal) Fill(w []float64, _ []int, random *rand.Rand) {
	for i := range w {
		w[i] = n.Mean + n.Deviation*random.NormFloat64()
	}
}

// TruncatedNormal draws every element from a normal distribution, and draws
// again what lies more than two standard deviations from the mean.
type TruncatedNormal struct {
	// The mean of the distribution.
	Mean float64 `yaml:"mean"`
	// The standard deviation of the distribution before it is cut.
	Deviation float64 `yaml:"stddev" validate:"gte=0"`
}

// Fill draws from the cut distribution.
func (n *TruncatedNormal) Fill(w []float64, _ []int, random *rand.Rand) {
	truncatedNormal(w, n.Mean, n.Deviation, random)
}

func uniform(w []float64, low, high float64, random *rand.Rand) {
	for i := range w {
		w[i] = low + (high-low)*random.Float64()
	}
}

func truncatedNormal(w []float64, mean, deviation float64, random *rand.Rand) {
	for i := range w {
		z := random.NormFloat64()
		for z < -2 || z > 2 {
			z = random.NormFloat64()
		}
		w[i] = mean + deviation*z
	}
}
