package layers

import (
	"math"
	"math/bits"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Dropout sets a share of the values to zero while training, other ones at every
// step, and scales the rest up by 1 / (1 - rate). It keeps a network from relying
// on single values. Outside training it does nothing.
type Dropout struct {
	// The share of values that become zero.
	Rate     float64 `yaml:"rate" validate:"required,gte=0,lte=1"`
	Training `yaml:",inline"`
}

// Output is the input's shape.
func (d *Dropout) Output(in []shape.Shape) (shape.Shape, error) { return in[0], nil }

// Weights are none.
func (d *Dropout) Weights([]shape.Shape) []nn.Weight { return nil }

// Space: which elements are dropped is drawn again on the way back.
func (d *Dropout) Space(_ []shape.Shape, _ shape.Shape, training bool) nn.Space {
	return nn.Space{View: !training || d.Rate == 0, ForgetsInput: true, ForgetsOutput: true}
}

// Build makes the layer alive.
func (d *Dropout) Build(nn.Site[float32]) nn.Layer[float32] { return &dropout[float32]{rate: d.Rate} }

// Build64 makes the layer alive in double precision.
func (d *Dropout) Build64(nn.Site[float64]) nn.Layer[float64] { return &dropout[float64]{rate: d.Rate} }

type dropout[T tensor.Float] struct {
	rate float64
	key  uint64
	one[T]
}

func (l *dropout[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	if !p.Training || l.rate == 0 {
		return x[0]
	}
	l.key = p.Key()
	y := p.Arena.New(x[0].Batch(), x[0].Shape[1:]...)
	l.thin(p, x[0].Data, y.Data)
	return y
}

func (l *dropout[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	if !need[0] {
		return l.of(nil)
	}
	if l.rate == 0 {
		return l.of(dy)
	}
	dx := p.Arena.New(dy.Batch(), dy.Shape[1:]...)
	l.thin(p, dy.Data, dx.Data)
	return l.of(dx)
}

// thin sets y to x with the dropped elements zero and the others scaled. Which
// ones are dropped depends on the key and their index alone, so the backward
// pass finds the same ones without their being kept, and any number of threads
// draws the same.
func (l *dropout[T]) thin(p *nn.Pass[T], x, y []T) {
	if l.rate == 1 {
		clear(y)
		return
	}
	// An element is dropped if its 64 random bits, as a number, are below this. The
	// factor is looked up, since no processor can guess at such a branch.
	threshold := uint64(math.Ldexp(l.rate, 63)) << 1
	factors := [2]T{T(1 / (1 - l.rate)), 0}
	stretches(p.Pool, len(x), func(from, to int) {
		for i := from; i < to; i++ {
			_, below := bits.Sub64(scramble(l.key+uint64(i)*golden), threshold, 0)
			y[i] = x[i] * factors[below&1]
		}
	})
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
