package layers

import (
	"math"
	"math/bits"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// chance decides by numbers that follow from a key and an index alone, so that
// nothing needs to be kept, and any number of threads decides the same.
type chance struct {
	rate float64
	seed *uint64
}

// keyOf is the number from which a layer draws in this pass: it follows from its
// own seed if it has one, else from the pass's and the layer's place.
func keyOf[T tensor.Float](p *nn.Pass[T], seed *uint64) uint64 {
	if seed == nil {
		return p.Key()
	}
	return p.KeyFrom(*seed)
}

// threshold is the number below which the 64 random bits of what is dropped lie.
// It is no number of them for a rate of 1.
func (c *chance) threshold() uint64 { return uint64(math.Ldexp(c.rate, 63)) << 1 }

// drops decides about index i.
func (c *chance) drops(key uint64, i int) bool {
	_, below := bits.Sub64(scramble(key+uint64(i)*golden), c.threshold(), 0)
	return below == 1 || c.rate == 1
}

// golden is 2⁶⁴ divided by the golden ratio, the step of SplitMix64.
const golden = 0x9e3779b97f4a7c15

// scramble is the output function of SplitMix64 (Steele, Lea and Flood, 2014):
// applied to a counter it gives independent random bits.
func scramble(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
