package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// GlobalMaxPool3D keeps the largest value of each channel in the whole volume:
// whether a thing is anywhere at all.
//
// It takes [N, D, H, W, C] and gives [N, C]. Where several voxels are the largest,
// the gradient goes to the first of them; Keras' backends share it out.
type GlobalMaxPool3D struct {
	// Whether the spatial axes stay, with size 1: the output is then
	// [N, 1, 1, 1, C].
	KeepDims bool `yaml:"keepdims"`
	Training `yaml:",inline"`
}

// Output is [C], or [1, 1, 1, C] with keepdims.
func (g *GlobalMaxPool3D) Output(in []shape.Shape) (shape.Shape, error) {
	return pooledGlobally(in[0], g.KeepDims)
}

// Weights are none.
func (g *GlobalMaxPool3D) Weights([]shape.Shape) []nn.Weight { return nil }

// Build makes the layer alive.
func (g *GlobalMaxPool3D) Build(site nn.Site[float32]) nn.Layer[float32] { return newGlobalMax(site) }

// Build64 makes the layer alive in double precision.
func (g *GlobalMaxPool3D) Build64(site nn.Site[float64]) nn.Layer[float64] { return newGlobalMax(site) }

type globalMax[T tensor.Float] struct {
	in, out []int
	// argmax is where each value of the output came from in its example; the first
	// of several equal ones. A NaN counts as the largest.
	argmax []int32

	x, y *tensor.Tensor[T]
	// forth works on an example; it is made once, so that a pass takes no memory for
	// it.
	forth func(example int)
	one[T]
}

func newGlobalMax[T tensor.Float](site nn.Site[T]) *globalMax[T] {
	l := &globalMax[T]{in: site.In[0], out: site.Out}
	l.forth = l.largest
	return l
}

func (l *globalMax[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	batch := x[0].Batch()
	l.argmax = grown(l.argmax, batch*l.in[3])
	l.x, l.y = x[0], p.Arena.New(batch, l.out...)
	p.Pool.Run(batch, l.forth)
	return l.y
}

// largest finds the largest values of an example.
func (l *globalMax[T]) largest(example int) {
	channels := l.in[3]
	voxels, largest, at := l.x.Example(example), l.y.Example(example), l.argmax[example*channels:(example+1)*channels]
	for c := range channels {
		largest[c], at[c] = voxels[c], int32(c)
	}
	for row := channels; row < len(voxels); row += channels {
		for c, v := range voxels[row : row+channels] {
			if v > largest[c] || v != v && largest[c] == largest[c] {
				largest[c], at[c] = v, int32(row+c)
			}
		}
	}
}

func (l *globalMax[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	if !need[0] {
		return l.of(nil)
	}
	channels := l.in[3]
	dx := p.Arena.Zeros(dy.Batch(), l.in...)
	for i, v := range dy.Data {
		dx.Example(i / channels)[l.argmax[i]] = v
	}
	return l.of(dx)
}
