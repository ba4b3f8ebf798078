package layers

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// PReLU applies leaky_relu with slopes that are learnt: f(x) = x for x > 0, else
// alpha · x (He et al., 2015).
//
// Its weight is alpha, one for every value of an example, or [1, 1, 1, C] with
// shared_axes: [1, 2, 3]. PyTorch's has one for the whole volume, or one for each
// channel, and begins at 0.25.
type PReLU struct {
	// How the slopes are filled before training.
	AlphaInitializer nn.Initializer `yaml:"alpha_initializer" validate:"required"`
	// What the slopes' size adds to the loss; none adds nothing.
	AlphaRegularizer nn.Regularizer `yaml:"alpha_regularizer"`
	// The axes along which all values share one slope, counted with the batch as
	// axis 0: [1, 2, 3] gives a volume one slope for each channel.
	SharedAxes []int `yaml:"shared_axes" validate:"unique"`
	Training   `yaml:",inline"`
}

// Output is the input's shape.
func (r *PReLU) Output(in []shape.Shape) (shape.Shape, error) {
	if in[0] == nil {
		return nil, nil
	}
	for _, axis := range r.SharedAxes {
		if _, ok := exampleAxis(axis, in[0].Rank()); !ok {
			m := wrongAxis(axis, in[0]).(*shape.Mismatch)
			m.Settings = []string{"shared_axes"}
			m.Remedy = fmt.Sprintf("use axes from 1 to %d", in[0].Rank())
			return nil, m
		}
	}
	return in[0], nil
}

// Weights are alpha, of the input's shape with the shared axes 1.
func (r *PReLU) Weights(in []shape.Shape) []nn.Weight {
	slopes := append(shape.Shape{}, in[0]...)
	for _, axis := range r.SharedAxes {
		axis, _ = exampleAxis(axis, in[0].Rank())
		slopes[axis] = shape.Of(1)
	}
	return []nn.Weight{{Name: "alpha", Shape: slopes, Init: r.AlphaInitializer, Regularizer: r.AlphaRegularizer}}
}

// Build makes the layer alive.
func (r *PReLU) Build(site nn.Site[float32]) nn.Layer[float32] { return newPReLU(site) }

// Build64 makes the layer alive in double precision.
func (r *PReLU) Build64(site nn.Site[float64]) nn.Layer[float64] { return newPReLU(site) }

type prelu[T tensor.Float] struct {
	alpha *nn.Param[T]
	// slope[i] is the index in alpha for element i of an example.
	slope []int32
	// pull[i] is the gradient by the slope at element i, summed over the batch.
	pull []float64

	x, y, dy, dx *tensor.Tensor[T]
	// forth and back work on a stretch of every example; they are made once, so that
	// a pass takes no memory for them.
	forth, back func(stretch int)
	one[T]
}

func newPReLU[T tensor.Float](site nn.Site[T]) *prelu[T] {
	in := site.In[0]
	l := &prelu[T]{alpha: site.Params[0], slope: make([]int32, tensor.Elements(in)), pull: make([]float64, tensor.Elements(in))}
	for i := range l.slope {
		rest, at, step := i, 0, 1
		for axis := len(in) - 1; axis >= 0; axis-- {
			if shared := l.alpha.Shape[axis]; shared == in[axis] {
				at += rest % in[axis] * step
				step *= shared
			}
			rest /= in[axis]
		}
		l.slope[i] = int32(at)
	}
	l.forth, l.back = l.bend, l.unbend
	return l
}

func (l *prelu[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	l.x = x[0]
	l.y = p.Arena.New(l.x.Batch(), l.x.Shape[1:]...)
	p.Pool.Run(stretchCount(len(l.slope)), l.forth)
	return l.y
}

// bend sets a stretch of the output.
func (l *prelu[T]) bend(stretch int) {
	from, to := stretchOf(stretch, len(l.slope))
	for n := range l.x.Batch() {
		in, out := l.x.Example(n), l.y.Example(n)
		for i := from; i < to; i++ {
			v := in[i]
			if v < 0 {
				v *= l.alpha.Value[l.slope[i]]
			}
			out[i] = v
		}
	}
}

func (l *prelu[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	l.dy, l.dx = dy, p.Arena.New(dy.Batch(), dy.Shape[1:]...)
	clear(l.pull)
	p.Pool.Run(stretchCount(len(l.slope)), l.back)
	if l.alpha.Trainable {
		for i, v := range l.pull {
			l.alpha.Grad[l.slope[i]] += T(v)
		}
	}
	return l.of(l.dx)
}

// unbend sets a stretch of the gradient, and sums that by the slopes.
func (l *prelu[T]) unbend(stretch int) {
	from, to := stretchOf(stretch, len(l.slope))
	for n := range l.x.Batch() {
		in, up, down := l.x.Example(n), l.dy.Example(n), l.dx.Example(n)
		for i := from; i < to; i++ {
			down[i] = up[i]
			if in[i] <= 0 {
				down[i] *= l.alpha.Value[l.slope[i]]
				l.pull[i] += float64(up[i]) * float64(in[i])
			}
		}
	}
}
