package layers

import (
	"math"

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
func (s *Softmax) Build(site nn.Site[float32]) nn.Layer[float32] {
	return newSoftmax(s.Axis, site, func(x []float32) { kernel.Exponential().Value(x, x) })
}

// Build64 makes the layer alive in double precision.
func (s *Softmax) Build64(site nn.Site[float64]) nn.Layer[float64] {
	return newSoftmax(s.Axis, site, func(x []float64) {
		for i, v := range x {
			x[i] = math.Exp(v)
		}
	})
}

// softmax sees its input as [rows, size, step]: the values that compete lie step
// elements apart.
type softmax[T tensor.Float] struct {
	size, step int
	// exponentials replaces numbers by their exponentials.
	exponentials func(x []T)

	y *tensor.Tensor[T]
	one[T]
}

func newSoftmax[T tensor.Float](axis int, site nn.Site[T], exponentials func(x []T)) *softmax[T] {
	in := site.In[0]
	axis, _ = exampleAxis(axis, len(in))
	return &softmax[T]{size: in[axis], step: tensor.Elements(in[axis+1:]), exponentials: exponentials}
}

// each cuts the batch into stretches of whole rows.
func (l *softmax[T]) each(p *nn.Pass[T], elements int, work func(from, to int)) {
	row := l.size * l.step
	inRows(p.Pool, elements/row, row, func(from, to int) { work(from*row, to*row) })
}

// groups calls work for the first and behind the last element of every group of
// competing values in a stretch.
func (l *softmax[T]) groups(from, to int, work func(start, end int)) {
	row := l.size * l.step
	for start := from; start < to; start += row {
		for i := start; i < start+l.step; i++ {
			work(i, i+row)
		}
	}
}

func (l *softmax[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	in, step := x[0].Data, l.step
	l.y = p.Arena.New(x[0].Batch(), x[0].Shape[1:]...)
	y := l.y.Data
	l.each(p, len(in), func(from, to int) {
		// With the largest taken off, no exponential overflows and the sum is at
		// least 1.
		l.groups(from, to, func(start, end int) {
			largest := in[start]
			for i := start; i < end; i += step {
				largest = max(largest, in[i])
			}
			for i := start; i < end; i += step {
				y[i] = in[i] - largest
			}
		})
		l.exponentials(y[from:to])
		l.groups(from, to, func(start, end int) {
			var sum float64
			for i := start; i < end; i += step {
				sum += float64(y[i])
			}
			share := 1 / sum
			for i := start; i < end; i += step {
				y[i] = T(float64(y[i]) * share)
			}
		})
	})
	return l.y
}

// Backward: dxᵢ = yᵢ·(dyᵢ - Σ dyⱼ·yⱼ).
func (l *softmax[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	if !need[0] {
		return l.of(nil)
	}
	dx := p.Arena.New(dy.Batch(), dy.Shape[1:]...)
	y, up, down, step := l.y.Data, dy.Data, dx.Data, l.step
	l.each(p, len(y), func(from, to int) {
		l.groups(from, to, func(start, end int) {
			var mean float64
			for i := start; i < end; i += step {
				mean += float64(up[i]) * float64(y[i])
			}
			for i := start; i < end; i += step {
				down[i] = y[i] * T(float64(up[i])-mean)
			}
		})
	})
	return l.of(dx)
}
