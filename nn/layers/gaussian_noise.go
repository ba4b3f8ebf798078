package layers

import (
	"math/rand/v2"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// GaussianNoise adds random numbers of a normal distribution around 0 to the
// values while training, other ones at every step. It keeps a network from
// learning its examples by heart. Outside training it does nothing.
type GaussianNoise struct {
	// The standard deviation of the noise.
	StdDev float64 `yaml:"stddev" validate:"required,gte=0,lte=1"`
	// A number from which the noise follows, in place of the config's seed and the
	// layer's place.
	Seed     *uint64 `yaml:"seed"`
	Training `yaml:",inline"`
}

// Output is the input's shape.
func (g *GaussianNoise) Output(in []shape.Shape) (shape.Shape, error) { return in[0], nil }

// Weights are none.
func (g *GaussianNoise) Weights([]shape.Shape) []nn.Weight { return nil }

// Space: the noise is a constant for the way back.
func (g *GaussianNoise) Space(_ []shape.Shape, _ shape.Shape, training bool) nn.Space {
	return nn.Space{View: !training || g.StdDev == 0, Shares: true, ForgetsInput: true, ForgetsOutput: true}
}

// Build makes the layer alive.
func (g *GaussianNoise) Build(nn.Site[float32]) nn.Layer[float32] {
	return newGaussianNoise[float32](g)
}

// Build64 makes the layer alive in double precision.
func (g *GaussianNoise) Build64(nn.Site[float64]) nn.Layer[float64] {
	return newGaussianNoise[float64](g)
}

type gaussianNoise[T tensor.Float] struct {
	deviation float64
	seed      *uint64

	key  uint64
	x, y *tensor.Tensor[T]
	// forth works on a stretch; it is made once, so that a pass takes no memory for
	// it.
	forth func(stretch int)
	// streams are the random numbers of each stretch.
	streams []stream
	one[T]
}

// stream is a stream of random numbers that begins anew in each pass.
type stream struct {
	source rand.PCG
	random *rand.Rand
}

func newGaussianNoise[T tensor.Float](g *GaussianNoise) *gaussianNoise[T] {
	l := &gaussianNoise[T]{deviation: g.StdDev, seed: g.Seed}
	l.forth = l.disturb
	return l
}

func (l *gaussianNoise[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	if !p.Training || l.deviation == 0 {
		return x[0]
	}
	l.key = keyOf(p, l.seed)
	l.x, l.y = x[0], p.Arena.New(x[0].Batch(), x[0].Shape[1:]...)
	count := stretchCount(len(l.y.Data))
	l.streams = grown(l.streams, count)
	p.Pool.Run(count, l.forth)
	return l.y
}

// disturb adds noise to a stretch. Each has a stream of its own, whoever works on
// it.
func (l *gaussianNoise[T]) disturb(stretch int) {
	from, to := stretchOf(stretch, len(l.y.Data))
	s := &l.streams[stretch]
	if s.random == nil {
		s.random = rand.New(&s.source)
	}
	s.source.Seed(l.key, scramble(uint64(from)))
	for i := from; i < to; i++ {
		l.y.Data[i] = l.x.Data[i] + T(l.deviation*s.random.NormFloat64())
	}
}

func (l *gaussianNoise[T]) Backward(_ *nn.Pass[T], dy *tensor.Tensor[T], _ []bool) []*tensor.Tensor[T] {
	return l.of(dy)
}
