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

	x, y, dy, dx *tensor.Tensor[T]
	// forth and back work on a stretch of rows; they are made once, so that a pass
	// takes no memory for them.
	forth, back func(stretch int)
	one[T]
}

func newSoftmax[T tensor.Float](axis int, site nn.Site[T]) *softmax[T] {
	in := site.In[0]
	axis, _ = exampleAxis(axis, len(in))
	l := &softmax[T]{size: in[axis], step: tensor.Elements(in[axis+1:])}
	l.forth, l.back = l.share, l.pull
	return l
}

// run works on the batch in stretches of whole rows.
func (l *softmax[T]) run(p *nn.Pass[T], work func(stretch int)) {
	row := l.size * l.step
	p.Pool.Run(rowStretches(len(l.y.Data)/row, row), work)
}

// part is the elements of a stretch.
func (l *softmax[T]) part(stretch int) (from, to int) {
	row := l.size * l.step
	from, to = rowStretch(stretch, len(l.y.Data)/row, row)
	return from * row, to * row
}

func (l *softmax[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	l.x, l.y = x[0], p.Arena.New(x[0].Batch(), x[0].Shape[1:]...)
	l.run(p, l.forth)
	return l.y
}

// share sets a stretch of the output.
func (l *softmax[T]) share(stretch int) {
	from, to := l.part(stretch)
	kernel.Softmax(l.x.Data[from:to], l.y.Data[from:to], l.size, l.step, nil)
}

// Backward: dxᵢ = yᵢ·(dyᵢ - Σ dyⱼ·yⱼ).
func (l *softmax[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	if !need[0] {
		return l.of(nil)
	}
	l.dy, l.dx = dy, p.Arena.New(dy.Batch(), dy.Shape[1:]...)
	l.run(p, l.back)
	return l.of(l.dx)
}

// pull sets a stretch of the gradient.
func (l *softmax[T]) pull(stretch int) {
	from, to := l.part(stretch)
	y, up, down := l.y.Data, l.dy.Data, l.dx.Data
	row, step := l.size*l.step, l.step
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
}
