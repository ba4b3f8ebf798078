package layers

import (
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
	Rate float64 `yaml:"rate" validate:"required,gte=0,lte=1"`
	// A number from which the choice follows, in place of the config's seed and the
	// layer's place.
	Seed     *uint64 `yaml:"seed"`
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
func (d *Dropout) Build(nn.Site[float32]) nn.Layer[float32] {
	return &dropout[float32]{chance: chance{rate: d.Rate, seed: d.Seed}}
}

// Build64 makes the layer alive in double precision.
func (d *Dropout) Build64(nn.Site[float64]) nn.Layer[float64] {
	return &dropout[float64]{chance: chance{rate: d.Rate, seed: d.Seed}}
}

type dropout[T tensor.Float] struct {
	chance
	key uint64
	one[T]
}

func (l *dropout[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	if !p.Training || l.rate == 0 {
		return x[0]
	}
	l.key = keyOf(p, l.seed)
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
	// The factor is looked up, since no processor can guess at such a branch.
	threshold := l.threshold()
	factors := [2]T{T(1 / (1 - l.rate)), 0}
	stretches(p.Pool, len(x), func(from, to int) {
		for i := from; i < to; i++ {
			_, below := bits.Sub64(scramble(l.key+uint64(i)*golden), threshold, 0)
			y[i] = x[i] * factors[below&1]
		}
	})
}
