package layers

import (
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
	one[T]
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
	p.Pool.Run(stretchCount(len(l.y.Data)), l.forth)
	return l.y
}

// disturb adds noise to a stretch. What is added to a value follows from its place,
// whoever works on it.
func (l *gaussianNoise[T]) disturb(stretch int) {
	from, to := stretchOf(stretch, len(l.y.Data))
	addNormals(l.key, from, l.deviation, l.x.Data[from:to], l.y.Data[from:to])
}

func (l *gaussianNoise[T]) Backward(_ *nn.Pass[T], dy *tensor.Tensor[T], _ []bool) []*tensor.Tensor[T] {
	return l.of(dy)
}
