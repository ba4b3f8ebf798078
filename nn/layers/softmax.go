package layers

import (
	"math"

	"github.com/voxelpipe/pipe/nn"
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
	y          *tensor.Tensor[T]
	one[T]
}

func newSoftmax[T tensor.Float](axis int, site nn.Site[T]) *softmax[T] {
	in := site.In[0]
	axis, _ = exampleAxis(axis, len(in))
	return &softmax[T]{size: in[axis], step: tensor.Elements(in[axis+1:])}
}

// each calls work for the first element of every group of competing values.
func (l *softmax[T]) each(p *nn.Pass[T], elements int, work func(start int)) {
	row := l.size * l.step
	inRows(p.Pool, elements/row, row, func(from, to int) {
		for start := from * row; start < to*row; start += row {
			for i := range l.step {
				work(start + i)
			}
		}
	})
}

func (l *softmax[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	in := x[0].Data
	l.y = p.Arena.New(x[0].Batch(), x[0].Shape[1:]...)
	y := l.y.Data
	l.each(p, len(in), func(start int) {
		end := start + l.size*l.step
		largest := in[start]
		for i := start; i < end; i += l.step {
			largest = max(largest, in[i])
		}
		// With the largest taken off, no exponential overflows and the sum is at
		// least 1.
		var sum float64
		for i := start; i < end; i += l.step {
			e := math.Exp(float64(in[i] - largest))
			y[i] = T(e)
			sum += e
		}
		for i := start; i < end; i += l.step {
			y[i] = T(float64(y[i]) / sum)
		}
	})
	return l.y
}

// Backward: dxᵢ = yᵢ·(dyᵢ - Σ dyⱼ·yⱼ).
func (l *softmax[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	if !need[0] {
		return l.of(nil)
	}
	dx := p.Arena.New(dy.Batch(), dy.Shape[1:]...)
	y := l.y.Data
	l.each(p, len(y), func(start int) {
		end := start + l.size*l.step
		var mean float64
		for i := start; i < end; i += l.step {
			mean += float64(dy.Data[i]) * float64(y[i])
		}
		for i := start; i < end; i += l.step {
			dx.Data[i] = y[i] * T(float64(dy.Data[i])-mean)
		}
	})
	return l.of(dx)
}
