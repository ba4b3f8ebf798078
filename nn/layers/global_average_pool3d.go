package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// GlobalAveragePool3D keeps the mean of each channel over the whole volume. In
// place of flatten it saves most of a classifier's weights.
//
// It takes [N, D, H, W, C] and gives [N, C].
type GlobalAveragePool3D struct {
	// Whether the spatial axes stay, with size 1: the output is then
	// [N, 1, 1, 1, C].
	KeepDims bool `yaml:"keepdims"`
	Training `yaml:",inline"`
}

// Output is [C], or [1, 1, 1, C] with keepdims.
func (g *GlobalAveragePool3D) Output(in []shape.Shape) (shape.Shape, error) {
	return pooledGlobally(in[0], g.KeepDims)
}

func pooledGlobally(in shape.Shape, keep bool) (shape.Shape, error) {
	if err := volume(in); err != nil || in == nil {
		return nil, err
	}
	if keep {
		return append(shape.New(1, 1, 1), in[3]), nil
	}
	return shape.Shape{in[3]}, nil
}

// Weights are none.
func (g *GlobalAveragePool3D) Weights([]shape.Shape) []nn.Weight { return nil }

// Space: the way back looks at neither.
func (g *GlobalAveragePool3D) Space([]shape.Shape, shape.Shape, bool) nn.Space {
	return nn.Space{ForgetsInput: true, ForgetsOutput: true}
}

// Build makes the layer alive.
func (g *GlobalAveragePool3D) Build(site nn.Site[float32]) nn.Layer[float32] {
	return newGlobalAverage(site)
}

// Build64 makes the layer alive in double precision.
func (g *GlobalAveragePool3D) Build64(site nn.Site[float64]) nn.Layer[float64] {
	return newGlobalAverage(site)
}

type globalAverage[T tensor.Float] struct {
	in, out []int
	moments kernel.Moments[T]

	dy, dx *tensor.Tensor[T]
	// back works on an example; it is made once, so that a pass takes no memory for it.
	back func(example int)
	one[T]
}

func newGlobalAverage[T tensor.Float](site nn.Site[T]) *globalAverage[T] {
	l := &globalAverage[T]{in: site.In[0], out: site.Out}
	l.back = l.share
	return l
}

func (l *globalAverage[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	y := p.Arena.New(x[0].Batch(), l.out...)
	l.moments.EachMoments(p.Pool, x[0].Batch(), l.in[3], x[0].Data)
	for i, mean := range l.moments.Mean {
		if mean != mean {
			mean = l.sum(x[0], i) / float64(l.in[0]*l.in[1]*l.in[2])
		}
		y.Data[i] = T(mean)
	}
	return y
}

// sum is that of channel i of all examples'. Moments are measured from the first
// voxel: from an infinite one they are NaN, where the mean is infinite.
func (l *globalAverage[T]) sum(x *tensor.Tensor[T], i int) (sum float64) {
	channels := l.in[3]
	voxels := x.Example(i / channels)
	for at := i % channels; at < len(voxels); at += channels {
		sum += float64(voxels[at])
	}
	return sum
}

func (l *globalAverage[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	if !need[0] {
		return l.of(nil)
	}
	l.dy, l.dx = dy, p.Arena.New(dy.Batch(), l.in...)
	p.Pool.Run(dy.Batch(), l.back)
	return l.of(l.dx)
}

// share gives each voxel of an example its part of the gradient.
func (l *globalAverage[T]) share(example int) {
	channels := l.in[3]
	voxels := l.dx.Example(example)
	share := voxels[:channels]
	for c, v := range l.dy.Example(example) {
		share[c] = v / T(len(voxels)/channels)
	}
	most := max(1, stretch/channels) * channels // what stays in the cache
	for filled := channels; filled < len(voxels); {
		filled += copy(voxels[filled:], voxels[:min(filled, most)])
	}
}
