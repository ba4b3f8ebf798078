package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// MaxPool3D keeps the largest value of each window, channel by channel. It makes
// a volume smaller, and the network less sensitive to where exactly a thing lies.
//
// It takes [N, D, H, W, C] and gives [N, D', H', W', C]. Where several voxels of a
// window are the largest, the gradient goes to the first of them, as in TensorFlow
// and PyTorch. PyTorch's padding is alike at both ends; here the odd voxel of "same"
// is at the end.
type MaxPool3D struct {
	Pool3D `yaml:",inline"`
}

// Space: the way back looks at the places of the maxima only.
func (m *MaxPool3D) Space(_ []shape.Shape, out shape.Shape, training bool) nn.Space {
	s := nn.Space{ForgetsInput: true, ForgetsOutput: true}
	if training {
		s.Own = 4 * tensor.Elements(out.MustSizes())
	}
	return s
}

// Build makes the layer alive.
func (m *MaxPool3D) Build(site nn.Site[float32]) nn.Layer[float32] { return newMaxPool(m, site) }

// Build64 makes the layer alive in double precision.
func (m *MaxPool3D) Build64(site nn.Site[float64]) nn.Layer[float64] { return newMaxPool(m, site) }

type maxPool[T tensor.Float] struct {
	geometry kernel.Pooling
	in, out  []int
	// argmax is where each value of the output came from in its example.
	argmax []int32
	one[T]
}

func newMaxPool[T tensor.Float](m *MaxPool3D, site nn.Site[T]) *maxPool[T] {
	return &maxPool[T]{geometry: m.geometry(site.In[0], site.Out), in: site.In[0], out: site.Out}
}

func (l *maxPool[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	l.geometry.N = x[0].Batch()
	y := p.Arena.New(l.geometry.N, l.out...)
	var argmax []int32
	if p.Training {
		l.argmax = grown(l.argmax, len(y.Data))
		argmax = l.argmax
	}
	kernel.MaxPoolForward(p.Pool, &p.Scratch, &l.geometry, x[0].Data, y.Data, argmax)
	return y
}

func (l *maxPool[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	if !need[0] {
		return l.of(nil)
	}
	dx := p.Arena.New(l.geometry.N, l.in...)
	kernel.MaxPoolBackward(p.Pool, &p.Scratch, &l.geometry, dy.Data, l.argmax, dx.Data)
	return l.of(dx)
}

// grown is a slice of n elements, in the old one's memory where that is enough.
// Its elements are not cleared.
func grown[E any](old []E, n int) []E {
	if cap(old) < n {
		return make([]E, n)
	}
	return old[:n]
}
