package layers

import (
	"fmt"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// merging is what the layers that combine inputs of one shape have in common.
type merging struct{}

// Merges marks a layer that takes several inputs.
func (merging) Merges() {}

// Output is the shape that all inputs have.
func (merging) Output(in []shape.Shape) (shape.Shape, error) { return agreed(in, -1) }

// Weights are none.
func (merging) Weights([]shape.Shape) []nn.Weight { return nil }

// agreed is the shape that all inputs have, leaving out one axis unless it is
// -1. Inputs of unknown rank are taken to agree; a number goes before a symbol.
func agreed(in []shape.Shape, except int) (shape.Shape, error) {
	if err := several(in); err != nil {
		return nil, err
	}
	var out shape.Shape
	for _, s := range in {
		switch {
		case s == nil:
		case out == nil:
			out = append(shape.Shape{}, s...)
		case len(s) != len(out):
			return nil, disagree(in, s, -1, fmt.Sprintf("an example has %s in one and %s in another", axes(len(out)), axes(len(s))))
		default:
			for axis := range s {
				if axis != except && s[axis].Differs(out[axis]) {
					return nil, disagree(in, s, axis, fmt.Sprintf("%s: %s ≠ %s", shape.AxisName(len(s), axis), out[axis], s[axis]))
				}
				if _, known := out[axis].Known(); !known {
					out[axis] = s[axis]
				}
			}
		}
	}
	return out, nil
}

func several(in []shape.Shape) error {
	if len(in) >= 2 {
		return nil
	}
	return &shape.Mismatch{
		Fault: shape.Setting, Settings: []string{"from"}, Input: in[0], Axis: -1,
		Problem:    "the layer joins several inputs, but has one",
		Arithmetic: "1 < 2",
		Remedy:     "name them: from: [a, b]",
	}
}

func disagree(in []shape.Shape, refused shape.Shape, axis int, arithmetic string) error {
	texts := make([]string, len(in))
	for i, s := range in {
		texts[i] = s.Batch()
	}
	m := &shape.Mismatch{
		Fault: shape.Disagree, Settings: []string{"from"}, Input: refused, Axis: axis,
		Problem:    "the inputs have different shapes: " + strings.Join(texts, " and "),
		Arithmetic: arithmetic,
		Remedy:     "bring them to one shape before they are joined",
	}
	if axis >= 0 && axis == refused.Rank()-1 {
		m.Remedy = "give both the same number of channels, with conv3d or dense, or join them with concatenate"
	}
	return m
}

// combination joins inputs of one shape element by element.
type combination[T tensor.Float] struct {
	// value sets a stretch of y from those of the inputs.
	value func(x []*tensor.Tensor[T], y []T, from, to int)
	// slope sets a stretch of dx, the gradient by one of the inputs; nil where that
	// is dy itself.
	slope func(x []*tensor.Tensor[T], which int, y, dy, dx []T, from, to int)

	x     []*tensor.Tensor[T]
	y     *tensor.Tensor[T]
	grads []*tensor.Tensor[T]
}

func (l *combination[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	l.x = append(l.x[:0], x...)
	l.y = p.Arena.New(x[0].Batch(), x[0].Shape[1:]...)
	stretches(p.Pool, len(l.y.Data), func(from, to int) { l.value(l.x, l.y.Data, from, to) })
	return l.y
}

func (l *combination[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	l.grads = grown(l.grads, len(l.x))
	for which := range l.x {
		switch {
		case !need[which]:
			l.grads[which] = nil
		case l.slope == nil:
			l.grads[which] = dy
		default:
			dx := p.Arena.New(dy.Batch(), dy.Shape[1:]...)
			stretches(p.Pool, len(dx.Data), func(from, to int) {
				l.slope(l.x, which, l.y.Data, dy.Data, dx.Data, from, to)
			})
			l.grads[which] = dx
		}
	}
	return l.grads
}

// sum sets y to the sum of all inputs.
func sum[T tensor.Float](x []*tensor.Tensor[T], y []T, from, to int) {
	first, second := x[0].Data, x[1].Data
	for i := from; i < to; i++ {
		y[i] = first[i] + second[i]
	}
	for _, more := range x[2:] {
		for i := from; i < to; i++ {
			y[i] += more.Data[i]
		}
	}
}
