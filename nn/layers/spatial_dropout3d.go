package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// SpatialDropout3D sets whole channels of each example to zero while training,
// other ones at every step, and scales the rest up by 1 / (1 - rate). Neighbouring
// voxels are so much alike that dropout of single ones hardly thins out a volume
// (Tompson et al., 2014). Outside training it does nothing.
//
// It takes [N, D, H, W, C] and gives the same shape.
type SpatialDropout3D struct {
	// The share of channels that become zero.
	Rate float64 `yaml:"rate" elsewhere:"p,prob,probability,drop_rate" validate:"required,gte=0,lte=1"`
	// A number from which the choice follows, in place of the config's seed and the
	// layer's place.
	Seed     *uint64 `yaml:"seed"`
	Training `yaml:",inline"`
}

// Output is the input's shape.
func (d *SpatialDropout3D) Output(in []shape.Shape) (shape.Shape, error) { return in[0], volume(in[0]) }

// Weights are none.
func (d *SpatialDropout3D) Weights([]shape.Shape) []nn.Weight { return nil }

// Space: which channels are dropped is kept outside.
func (d *SpatialDropout3D) Space(_ []shape.Shape, out shape.Shape, training bool) nn.Space {
	s := nn.Space{View: !training || d.Rate == 0, ForgetsInput: true, ForgetsOutput: true}
	if !s.View {
		s.Own = 2 * 4 * out.MustSizes()[3]
	}
	return s
}

// Build makes the layer alive.
func (d *SpatialDropout3D) Build(site nn.Site[float32]) nn.Layer[float32] {
	return newSpatialDropout(d, site)
}

// Build64 makes the layer alive in double precision.
func (d *SpatialDropout3D) Build64(site nn.Site[float64]) nn.Layer[float64] {
	return newSpatialDropout(d, site)
}

type spatialDropout[T tensor.Float] struct {
	chance
	channels int
	// factors are what each channel of each example is multiplied by.
	factors, zeros []T
	norm           kernel.Norm[T]
	one[T]
}

func newSpatialDropout[T tensor.Float](d *SpatialDropout3D, site nn.Site[T]) *spatialDropout[T] {
	return &spatialDropout[T]{chance: chance{rate: d.Rate, seed: d.Seed}, channels: site.In[0][3]}
}

func (l *spatialDropout[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	if !p.Training || l.rate == 0 {
		return x[0]
	}
	n := x[0].Batch() * l.channels
	l.factors, l.zeros = grown(l.factors, n), grown(l.zeros, n)
	clear(l.zeros)
	key := keyOf(p, l.seed)
	for i := range l.factors {
		l.factors[i] = 0
		if !l.drops(key, i) {
			l.factors[i] = T(1 / (1 - l.rate))
		}
	}
	return l.scaled(p, x[0])
}

func (l *spatialDropout[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	switch {
	case !need[0]:
		return l.of(nil)
	case l.rate == 0:
		return l.of(dy)
	}
	return l.of(l.scaled(p, dy))
}

// scaled multiplies each channel of each example by its factor.
func (l *spatialDropout[T]) scaled(p *nn.Pass[T], x *tensor.Tensor[T]) *tensor.Tensor[T] {
	y := p.Arena.New(x.Batch(), x.Shape[1:]...)
	l.norm = kernel.Norm[T]{Center: l.zeros, Factor: l.factors, Offset: l.zeros, Pull: l.zeros, Push: l.zeros}
	kernel.EachForward(p.Pool, &p.Scratch, x.Batch(), l.channels, &l.norm, x.Data, y.Data)
	return y
}
