package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Linear leaves its input as it is: f(x) = x. As an `activation` it says that
// there is none.
type Linear struct {
	elementwise `yaml:"-"`
	Training    `yaml:",inline"`
}

// Space: nothing is copied.
func (l *Linear) Space([]shape.Shape, shape.Shape, bool) nn.Space {
	return nn.Space{View: true, ForgetsInput: true, ForgetsOutput: true}
}

// Build makes the layer alive.
func (l *Linear) Build(nn.Site[float32]) nn.Layer[float32] { return &nothing[float32]{} }

// Build64 makes the layer alive in double precision.
func (l *Linear) Build64(nn.Site[float64]) nn.Layer[float64] { return &nothing[float64]{} }

type nothing[T tensor.Float] struct{ one[T] }

func (l *nothing[T]) Forward(_ *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] { return x[0] }

func (l *nothing[T]) Backward(_ *nn.Pass[T], dy *tensor.Tensor[T], _ []bool) []*tensor.Tensor[T] {
	return l.of(dy)
}
