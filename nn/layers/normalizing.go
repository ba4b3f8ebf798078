package layers

import (
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Normalizing is what the layers that normalise each example by itself have in
// common.
type Normalizing struct {
	// What is added to the variance, so that nothing is divided by zero. PyTorch
	// adds 1e-5.
	Epsilon float64 `yaml:"epsilon" validate:"gte=0"`
	// Whether a learnt number, beta, is added to each value.
	Center bool `yaml:"center"`
	// Whether each value is multiplied by a learnt number, gamma.
	Scale bool `yaml:"scale"`
	// How beta is filled before training.
	BetaInitializer nn.Initializer `yaml:"beta_initializer" validate:"required"`
	// How gamma is filled before training.
	GammaInitializer nn.Initializer `yaml:"gamma_initializer" validate:"required"`
	// What beta's size adds to the loss; none adds nothing.
	BetaRegularizer nn.Regularizer `yaml:"beta_regularizer"`
	// What gamma's size adds to the loss; none adds nothing.
	GammaRegularizer nn.Regularizer `yaml:"gamma_regularizer"`
	Training         `yaml:",inline"`
}

// affine lists gamma and beta, if there are any.
func (n *Normalizing) affine(of shape.Shape) []nn.Weight {
	var weights []nn.Weight
	if n.Scale {
		weights = append(weights, nn.Weight{Name: "gamma", Shape: of, Init: n.GammaInitializer, Regularizer: n.GammaRegularizer})
	}
	if n.Center {
		weights = append(weights, nn.Weight{Name: "beta", Shape: of, Init: n.BetaInitializer, Regularizer: n.BetaRegularizer})
	}
	return weights
}

// affineOf takes gamma and beta from the params of a site; nil for those that are
// not there.
func affineOf[T tensor.Float](params []*nn.Param[T], scale, center bool) (gamma, beta *nn.Param[T]) {
	if scale {
		gamma, params = params[0], params[1:]
	}
	if center {
		beta = params[0]
	}
	return gamma, beta
}

// learns says that a weight is there and trained.
func learns[T tensor.Float](p *nn.Param[T]) bool { return p != nil && p.Trainable }

// normalizer normalises examples that lie in the order it needs.
type normalizer[T tensor.Float] interface {
	// forward sets y, and keeps x for the way back.
	forward(p *nn.Pass[T], batch int, x, y []T)
	// backward adds to the gradients of the weights, and sets dx unless it is nil.
	backward(p *nn.Pass[T], dy, dx []T)
}

// exampleNorm is a layer around a normalizer.
type exampleNorm[T tensor.Float] struct {
	normalizer[T]
	// order is for each element that the normalizer takes its place in the example;
	// nil if they are the same.
	order []int32
	// kept is the batch in the normalizer's order.
	kept *tensor.Tensor[T]
	in   []int

	// from and to are what is brought into another order, by forth and back: they
	// work on an example, and are made once, so that a pass takes no memory for them.
	from, to    []T
	forth, back func(example int)
	one[T]
}

// newExampleNorm makes a layer of a normalizer that takes the axes of an example
// in another order.
func newExampleNorm[T tensor.Float](n normalizer[T], in, axes []int) *exampleNorm[T] {
	l := &exampleNorm[T]{normalizer: n, in: in}
	if !slices.IsSorted(axes) {
		l.order = reordered(in, axes)
	}
	l.forth, l.back = l.gatherOne, l.scatterOne
	return l
}

// reordered lists where the elements of an example lie, in the order of axes.
func reordered(in, axes []int) []int32 {
	strides := make([]int, len(in))
	step := 1
	for axis := len(in) - 1; axis >= 0; axis-- {
		strides[axis] = step
		step *= in[axis]
	}
	order := make([]int32, step)
	for i := range order {
		rest, at := i, 0
		for k := len(axes) - 1; k >= 0; k-- {
			at += rest % in[axes[k]] * strides[axes[k]]
			rest /= in[axes[k]]
		}
		order[i] = int32(at)
	}
	return order
}

// reorderedSpace is how such a layer uses memory if it takes the axes in another
// order; own is what the normalizer keeps.
func reorderedSpace(out shape.Shape, axes []int, training bool, own int) nn.Space {
	if slices.IsSorted(axes) {
		return nn.Space{ForgetsOutput: true, Own: own}
	}
	n := tensor.Elements(out.MustSizes())
	s := nn.Space{ForgetsInput: true, ForgetsOutput: true, Forth: 2 * n, Own: own + 4*n}
	if training {
		s.Inside, s.Forth, s.Back = n, n, 2*n
	}
	return s
}

func (l *exampleNorm[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	batch := x[0].Batch()
	y := p.Arena.New(batch, l.in...)
	if l.order == nil {
		l.forward(p, batch, x[0].Data, y.Data)
		return y
	}
	n := len(x[0].Data)
	var work *tensor.Tensor[T]
	var from, to []T
	if p.Training {
		l.kept = p.Arena.New(batch, l.in...)
		work = p.Arena.New(batch, l.in...)
		from, to = l.kept.Data, work.Data
	} else {
		work = p.Arena.New(batch, 2*len(l.order))
		from, to = work.Data[:n], work.Data[n:]
	}
	l.gather(p, x[0].Data, from)
	l.forward(p, batch, from, to)
	l.scatter(p, to, y.Data)
	p.Arena.Release(work)
	return y
}

func (l *exampleNorm[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	n := len(dy.Data)
	if l.order == nil {
		if !need[0] {
			l.backward(p, dy.Data, nil)
			return l.of(nil)
		}
		dx := p.Arena.New(dy.Batch(), l.in...)
		l.backward(p, dy.Data, dx.Data)
		return l.of(dx)
	}
	work := p.Arena.New(dy.Batch(), 2*len(l.order))
	l.gather(p, dy.Data, work.Data[:n])
	var dx *tensor.Tensor[T]
	if need[0] {
		dx = p.Arena.New(dy.Batch(), l.in...)
		l.backward(p, work.Data[:n], work.Data[n:])
		l.scatter(p, work.Data[n:], dx.Data)
	} else {
		l.backward(p, work.Data[:n], nil)
	}
	p.Arena.Release(work)
	p.Arena.Release(l.kept)
	return l.of(dx)
}

// gather brings examples into the normalizer's order.
func (l *exampleNorm[T]) gather(p *nn.Pass[T], from, to []T) {
	l.from, l.to = from, to
	p.Pool.Run(len(from)/len(l.order), l.forth)
}

func (l *exampleNorm[T]) gatherOne(n int) {
	source, into := l.from[n*len(l.order):], l.to[n*len(l.order):]
	for i, at := range l.order {
		into[i] = source[at]
	}
}

// scatter brings examples back.
func (l *exampleNorm[T]) scatter(p *nn.Pass[T], from, to []T) {
	l.from, l.to = from, to
	p.Pool.Run(len(from)/len(l.order), l.back)
}

func (l *exampleNorm[T]) scatterOne(n int) {
	source, into := l.from[n*len(l.order):], l.to[n*len(l.order):]
	for i, at := range l.order {
		into[at] = source[i]
	}
}
