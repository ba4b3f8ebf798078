package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Softmax turns the values along an axis into probabilities that sum to 1:
// f(x)ᵢ = eˣⁱ / Σ eˣʲ. At the end of a network it goes with
// categorical_crossentropy.
type Softmax struct {
	// The axis along which the values compete, counted with the batch as axis 0;
	// negative numbers count from the end, so -1 is the channels or classes.
	Axis        int `yaml:"axis"`
	elementwise `yaml:"-"`
	Training    `yaml:",inline"`
}

// Output is the input's shape.
func (s *Softmax) Output(in []shape.Shape) (shape.Shape, error) {
	if in[0] == nil {
		return nil, nil
	}
	if _, ok := exampleAxis(s.Axis, in[0].Rank()); !ok {
		return nil, wrongAxis(s.Axis, in[0])
	}
	return in[0], nil
}

// Build makes the layer alive.
func (s *Softmax) Build(site nn.Site[float32]) nn.Layer[float32] { return newSoftmax(s.Axis, site) }

// Build64 makes the layer alive in double precision.
func (s *Softmax) Build64(site nn.Site[float64]) nn.Layer[float64] { return newSoftmax(s.Axis, site) }

// softmax sees its input as [rows, size, step]: the values that compete lie step
// elements apart.
type softmax[T tensor.Float] struct {
	size, step int

	y *tensor.Tensor[T]
	one[T]
}

func newSoftmax[T tensor.Float](axis int, site nn.Site[T]) *softmax[T] {
	in := site.In[0]
	axis, _ = exampleAxis(axis, len(in))
	return &softmax[T]{size: in[axis], step: tensor.Elements(in[axis+1:])}
}

// each cuts the batch into stretches of whole rows.
func (l *softmax[T]) each(p *nn.Pass[T], elements int, work func(from, to int)) {
	row := l.size * l.step
	inRows(p.Pool, elements/row, row, func(from, to int) { work(from*row, to*row) })
}

func (l *softmax[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	in := x[0].Data
	l.y = p.Arena.New(x[0].Batch(), x[0].Shape[1:]...)
	y := l.y.Data
	l.each(p, len(in), func(from, to int) { kernel.Softmax(in[from:to], y[from:to], l.size, l.step, nil) })
	return l.y
}

// Backward: dxᵢ = yᵢ·(dyᵢ - Σ dyⱼ·yⱼ).
func (l *softmax[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	if !need[0] {
		return l.of(nil)
	}
	dx := p.Arena.New(dy.Batch(), dy.Shape[1:]...)
	y, up, down := l.y.Data, dy.Data, dx.Data
	row, step := l.size*l.step, l.step
	l.each(p, len(y), func(from, to int) {
		for start := from; start < to; start += row {
			for i := start; i < start+step; i++ {
				var mean float64
				for j := i; j < start+row; j += step {
					mean += float64(up[j]) * float64(y[j])
				}
				for j := i; j < start+row; j += step {
					down[j] = y[j] * T(float64(up[j])-mean)
				}
			}
		}
	})
	return l.of(dx)
}
