package initial

import (
	"math"
	"math/rand/v2"
)

// GlorotUniform draws evenly from ±√(6 / (fan_in + fan_out)). It keeps the
// variance of signals and gradients alike from layer to layer (Glorot and
// Bengio, 2010); the default of Keras.
type GlorotUniform struct{}

// Fill draws w by its fans.
func (*GlorotUniform) Fill(w []float64, shape []int, random *rand.Rand) {
	in, out := fans(shape)
	scaledUniform(w, 1, (in+out)/2, random)
}

// GlorotNormal draws from a normal distribution of variance
// 2 / (fan_in + fan_out), cut at two standard deviations.
type GlorotNormal struct{}

// Fill draws w by its fans.
func (*GlorotNormal) Fill(w []float64, shape []int, random *rand.Rand) {
	in, out := fans(shape)
	scaledNormal(w, 1, (in+out)/2, random)
}

// HeUniform draws evenly from ±√(6 / fan_in): made for layers behind which a
// relu follows (He et al., 2015).
type HeUniform struct{}

// Fill draws w by its fan in.
func (*HeUniform) Fill(w []float64, shape []int, random *rand.Rand) {
	in, _ := fans(shape)
	scaledUniform(w, 2, in, random)
}

// HeNormal draws from a normal distribution of variance 2 / fan_in, cut at two
// standard deviations: made for layers behind which a relu follows.
type HeNormal struct{}

// Fill draws w by its fan in.
func (*HeNormal) Fill(w []float64, shape []int, random *rand.Rand) {
	in, _ := fans(shape)
	scaledNormal(w, 2, in, random)
}

// LecunUniform draws evenly from ±√(3 / fan_in).
type LecunUniform struct{}

// Fill draws w by its fan in.
func (*LecunUniform) Fill(w []float64, shape []int, random *rand.Rand) {
	in, _ := fans(shape)
	scaledUniform(w, 1, in, random)
}

// LecunNormal draws from a normal distribution of variance 1 / fan_in, cut at
// two standard deviations: made for layers behind which a selu follows.
type LecunNormal struct{}

// Fill draws w by its fan in.
func (*LecunNormal) Fill(w []float64, shape []int, random *rand.Rand) {
	in, _ := fans(shape)
	scaledNormal(w, 1, in, random)
}

// fans counts how many inputs one output sees, and how many outputs one input
// reaches, for a weight in Keras' layout: the last two axes are in and out, those
// in front are the positions of a kernel. As in Keras that goes by the places of
// the axes, also for transposed and depthwise convolutions, whose outputs see
// something else.
func fans(shape []int) (in, out float64) {
	switch len(shape) {
	case 0:
		return 1, 1
	case 1:
		return float64(shape[0]), float64(shape[0])
	}
	positions := 1.0
	for _, size := range shape[:len(shape)-2] {
		positions *= float64(size)
	}
	return positions * float64(shape[len(shape)-2]), positions * float64(shape[len(shape)-1])
}

// scaledUniform draws evenly with variance scale / fan.
func scaledUniform(w []float64, scale, fan float64, random *rand.Rand) {
	limit := math.Sqrt(3 * scale / max(1, fan))
	uniform(w, -limit, limit, random)
}

// cutDeviation is the standard deviation of a standard normal distribution that
// is cut at ±2.
const cutDeviation = 0.87962566103423978

// scaledNormal draws from a cut normal distribution with variance scale / fan
// after the cut.
func scaledNormal(w []float64, scale, fan float64, random *rand.Rand) {
	truncatedNormal(w, 0, math.Sqrt(scale/max(1, fan))/cutDeviation, random)
}
