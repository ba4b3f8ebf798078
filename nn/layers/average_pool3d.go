package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// AveragePool3D keeps the mean of each window, channel by channel. With padding
// "same" the mean is that of the voxels inside the volume; PyTorch counts the padding
// in unless it is given count_include_pad=False.
//
// It takes [N, D, H, W, C] and gives [N, D', H', W', C].
type AveragePool3D struct {
	Pool3D `yaml:",inline"`
}

// Space: the way back looks at neither.
func (a *AveragePool3D) Space([]shape.Shape, shape.Shape, bool) nn.Space {
	return nn.Space{ForgetsInput: true, ForgetsOutput: true}
}

// Build makes the layer alive.
func (a *AveragePool3D) Build(site nn.Site[float32]) nn.Layer[float32] {
	return newAveragePool(a, site)
}

// Build64 makes the layer alive in double precision.
func (a *AveragePool3D) Build64(site nn.Site[float64]) nn.Layer[float64] {
	return newAveragePool(a, site)
}

type averagePool[T tensor.Float] struct {
	geometry kernel.Pooling
	in, out  []int
	one[T]
}

func newAveragePool[T tensor.Float](a *AveragePool3D, site nn.Site[T]) *averagePool[T] {
	return &averagePool[T]{geometry: a.geometry(site.In[0], site.Out), in: site.In[0], out: site.Out}
}

func (l *averagePool[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	l.geometry.N = x[0].Batch()
	y := p.Arena.New(l.geometry.N, l.out...)
	kernel.AveragePoolForward(p.Pool, &p.Scratch, &l.geometry, x[0].Data, y.Data)
	return y
}

func (l *averagePool[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	if !need[0] {
		return l.of(nil)
	}
	dx := p.Arena.New(l.geometry.N, l.in...)
	kernel.AveragePoolBackward(p.Pool, &p.Scratch, &l.geometry, dy.Data, dx.Data)
	return l.of(dx)
}
