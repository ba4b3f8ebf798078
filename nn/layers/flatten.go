package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Flatten lays each example out as one vector, in its order. It stands between
// the volumes and the dense layers.
//
// It takes [N, …] and gives [N, features].
type Flatten struct {
	Training `yaml:",inline"`
}

// Output is [features], the product of the input's sizes.
func (f *Flatten) Output(in []shape.Shape) (shape.Shape, error) {
	if in[0] == nil {
		return nil, nil
	}
	return shape.Shape{in[0].Elements()}, nil
}

// Weights are none.
func (f *Flatten) Weights([]shape.Shape) []nn.Weight { return nil }

// Space: nothing is copied.
func (f *Flatten) Space([]shape.Shape, shape.Shape, bool) nn.Space {
	return nn.Space{View: true, ForgetsInput: true, ForgetsOutput: true}
}

// Build makes the layer alive.
func (f *Flatten) Build(site nn.Site[float32]) nn.Layer[float32] { return newView(site) }

// Build64 makes the layer alive in double precision.
func (f *Flatten) Build64(site nn.Site[float64]) nn.Layer[float64] { return newView(site) }

// view shows the same elements in another shape; nothing is copied.
type view[T tensor.Float] struct {
	in, out []int
	one[T]
}

func newView[T tensor.Float](site nn.Site[T]) *view[T] {
	return &view[T]{in: site.In[0], out: site.Out}
}

func (l *view[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	return p.Arena.View(x[0].Data, x[0].Batch(), l.out...)
}

func (l *view[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	if !need[0] {
		return l.of(nil)
	}
	return l.of(p.Arena.View(dy.Data, dy.Batch(), l.in...))
}
