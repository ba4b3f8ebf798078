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
	Rate float64 `yaml:"rate" elsewhere:"p,prob,probability,drop_rate" validate:"required,gte=0,lte=1"`
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
	return newDropout[float32](d)
}

// Build64 makes the layer alive in double precision.
func (d *Dropout) Build64(nn.Site[float64]) nn.Layer[float64] {
	return newDropout[float64](d)
}

type dropout[T tensor.Float] struct {
	chance
	key uint64

	x, y *tensor.Tensor[T]
	// thins works on a stretch; it is made once, so that a pass takes no memory for
	// it.
	thins func(stretch int)
	one[T]
}

func newDropout[T tensor.Float](d *Dropout) *dropout[T] {
	l := &dropout[T]{chance: chance{rate: d.Rate, seed: d.Seed}}
	l.thins = l.thinStretch
	return l
}

func (l *dropout[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	if !p.Training || l.rate == 0 {
		return x[0]
	}
	l.key = keyOf(p, l.seed)
	y := p.Arena.New(x[0].Batch(), x[0].Shape[1:]...)
	l.thin(p, x[0], y)
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
	l.thin(p, dy, dx)
	return l.of(dx)
}

// thin sets y to x with the dropped elements zero and the others scaled. Which
// ones are dropped depends on the key and their index alone, so the backward
// pass finds the same ones without their being kept, and any number of threads
// draws the same.
func (l *dropout[T]) thin(p *nn.Pass[T], x, y *tensor.Tensor[T]) {
	if l.rate == 1 {
		clear(y.Data)
		return
	}
	l.x, l.y = x, y
	p.Pool.Run(stretchCount(len(x.Data)), l.thins)
}

func (l *dropout[T]) thinStretch(stretch int) {
	from, to := stretchOf(stretch, len(l.x.Data))
	x, y := l.x.Data[from:to], l.y.Data[from:to]
	// The factor is looked up, since no processor can guess at such a branch.
	threshold, counter := l.threshold(), l.key+uint64(from)*golden
	factors := [2]T{T(1 / (1 - l.rate)), 0}
	for i, v := range x {
		_, below := bits.Sub64(scramble(counter+uint64(i)*golden), threshold, 0)
		y[i] = v * factors[below&1]
	}
}
