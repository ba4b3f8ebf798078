package layers

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Permute brings the axes of each example into another order. The values move
// with their axes; to leave them where they are and only change the sizes there is
// reshape.
//
// It takes [N, …] and gives the axes in the order of dims: [3, 1, 2] turns
// [N, a, b, c] into [N, c, a, b].
type Permute struct {
	// The axes in their new order, counted with the batch as axis 0, which stays in
	// front and is not named. Every other axis is named once.
	Dims     []int `yaml:"dims" validate:"required,unique,dive,min=1"`
	Training `yaml:",inline"`
}

// Output is the input's sizes in their new order.
func (p *Permute) Output(in []shape.Shape) (shape.Shape, error) {
	if in[0] == nil {
		return nil, nil
	}
	if len(p.Dims) != in[0].Rank() {
		return nil, p.refuse(in[0], fmt.Sprintf("dims names %s", axes(len(p.Dims))), fmt.Sprintf("an example has %s", axes(in[0].Rank())))
	}
	out := make(shape.Shape, len(p.Dims))
	for i, axis := range p.Dims {
		switch {
		case axis < 1 || axis > in[0].Rank():
			return nil, p.refuse(in[0], fmt.Sprintf("there is no axis %d", axis), fmt.Sprintf("the axes beside the batch are 1 to %d", in[0].Rank()))
		case slices.Contains(p.Dims[:i], axis):
			return nil, p.refuse(in[0], fmt.Sprintf("axis %d is named twice", axis), fmt.Sprintf("%d axes have %d places", in[0].Rank(), len(p.Dims)))
		}
		out[i] = in[0][axis-1]
	}
	return out, nil
}

func (p *Permute) refuse(in shape.Shape, problem, arithmetic string) error {
	return &shape.Mismatch{
		Fault: shape.Setting, Settings: []string{"dims"}, Input: in, Axis: -1,
		Problem: problem, Arithmetic: arithmetic,
		Remedy: fmt.Sprintf("name every axis from 1 to %d once", in.Rank()),
	}
}

// Weights are none.
func (p *Permute) Weights([]shape.Shape) []nn.Weight { return nil }

// Space: the way back looks at neither.
func (p *Permute) Space([]shape.Shape, shape.Shape, bool) nn.Space {
	return nn.Space{ForgetsInput: true, ForgetsOutput: true}
}

// Build makes the layer alive.
func (p *Permute) Build(site nn.Site[float32]) nn.Layer[float32] { return newPermutation(p.Dims, site) }

// Build64 makes the layer alive in double precision.
func (p *Permute) Build64(site nn.Site[float64]) nn.Layer[float64] {
	return newPermutation(p.Dims, site)
}

// permutation moves every element of an example to its place.
type permutation[T tensor.Float] struct {
	in, out []int
	// from is, for every element of an output row along the last axis, how far
	// apart its elements lie in the input; starts are where the rows begin there.
	step   int
	starts []int

	x, y, dy, dx *tensor.Tensor[T]
	// forth and back work on a stretch of rows; they are made once, so that a pass
	// takes no memory for them.
	forth, back func(stretch int)
	one[T]
}

func newPermutation[T tensor.Float](dims []int, site nn.Site[T]) *permutation[T] {
	l := &permutation[T]{in: site.In[0], out: site.Out}
	strides := make([]int, len(l.in))
	stride := 1
	for axis := len(l.in) - 1; axis >= 0; axis-- {
		strides[axis] = stride
		stride *= l.in[axis]
	}
	last := len(dims) - 1
	l.step, l.starts = strides[dims[last]-1], []int{0}
	for i, axis := range dims[:last] {
		var next []int
		for _, start := range l.starts {
			for n := range l.out[i] {
				next = append(next, start+n*strides[axis-1])
			}
		}
		l.starts = next
	}
	l.forth, l.back = l.gather, l.scatter
	return l
}

// width is the length of a row of the output.
func (l *permutation[T]) width() int { return l.out[len(l.out)-1] }

// start is where the elements of a row of the outputs of a batch begin in the
// inputs.
func (l *permutation[T]) start(row int) int {
	return row/len(l.starts)*l.width()*len(l.starts) + l.starts[row%len(l.starts)]
}

func (l *permutation[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	l.x, l.y = x[0], p.Arena.New(x[0].Batch(), l.out...)
	p.Pool.Run(rowStretches(l.y.Batch()*len(l.starts), l.width()), l.forth)
	return l.y
}

// gather fills some rows of the output.
func (l *permutation[T]) gather(stretch int) {
	from, to := rowStretch(stretch, l.y.Batch()*len(l.starts), l.width())
	for row := from; row < to; row++ {
		in, out := l.x.Data[l.start(row):], l.y.Data[row*l.width():][:l.width()]
		for i := range out {
			out[i] = in[i*l.step]
		}
	}
}

func (l *permutation[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	if !need[0] {
		return l.of(nil)
	}
	l.dy, l.dx = dy, p.Arena.New(dy.Batch(), l.in...)
	p.Pool.Run(rowStretches(dy.Batch()*len(l.starts), l.width()), l.back)
	return l.of(l.dx)
}

// scatter brings some rows of the gradient back.
func (l *permutation[T]) scatter(stretch int) {
	from, to := rowStretch(stretch, l.dy.Batch()*len(l.starts), l.width())
	for row := from; row < to; row++ {
		into := l.dx.Data[l.start(row):]
		for i, v := range l.dy.Data[row*l.width():][:l.width()] {
			into[i*l.step] = v
		}
	}
}
