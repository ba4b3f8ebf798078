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
	return &gaussianNoise[float32]{deviation: g.StdDev, seed: g.Seed}
}

// Build64 makes the layer alive in double precision.
func (g *GaussianNoise) Build64(nn.Site[float64]) nn.Layer[float64] {
	return &gaussianNoise[float64]{deviation: g.StdDev, seed: g.Seed}
}

type gaussianNoise[T tensor.Float] struct {
	deviation float64
	seed      *uint64
	one[T]
}

func (l *gaussianNoise[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	if !p.Training || l.deviation == 0 {
		return x[0]
	}
	key := keyOf(p, l.seed)
	y := p.Arena.New(x[0].Batch(), x[0].Shape[1:]...)
	stretches(p.Pool, len(y.Data), func(from, to int) {
		// Each stretch has a stream of its own, whoever works on it.
		var source rand.PCG
		source.Seed(key, scramble(uint64(from)))
		random := rand.New(&source)
		for i := from; i < to; i++ {
			y.Data[i] = x[0].Data[i] + T(l.deviation*random.NormFloat64())
		}
	})
	return y
}

func (l *gaussianNoise[T]) Backward(_ *nn.Pass[T], dy *tensor.Tensor[T], _ []bool) []*tensor.Tensor[T] {
	return l.of(dy)
}
