package layers

import (
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// BatchNorm brings every channel to mean 0 and variance 1, then scales and shifts
// it by learnt numbers. While training the statistics are those of the batch, and
// moving averages of them are kept; afterwards the moving averages are used
// (Ioffe and Szegedy, 2015).
//
// It takes [N, …, C] and gives the same shape. Its weights are gamma [C], beta [C],
// and the statistics moving_mean [C] and moving_variance [C], which no optimizer
// touches. With trainable: false it uses the moving averages in training too, and
// leaves them as they are.
//
// PyTorch's BatchNorm3d adds 1e-5 to the variance, and its momentum of 0.1 is the
// share that comes, so 0.9 here. Its running variance is that of a sample, n / (n - 1)
// times as large; this one, as Keras', is the variance of the batch itself. A batch of
// a single value in each channel becomes beta here, and is an error in PyTorch.
type BatchNorm struct {
	// How much of the moving averages stays at each step; the rest comes from the
	// batch.
	Momentum float64 `yaml:"momentum" validate:"gte=0,lte=1"`
	// What is added to the variance, so that nothing is divided by zero.
	Epsilon float64 `yaml:"epsilon" validate:"gte=0"`
	// Whether a learnt number, beta, is added to each channel.
	Center bool `yaml:"center"`
	// Whether each channel is multiplied by a learnt number, gamma.
	Scale bool `yaml:"scale"`
	// How beta is filled before training.
	BetaInitializer nn.Initializer `yaml:"beta_initializer" validate:"required"`
	// How gamma is filled before training.
	GammaInitializer nn.Initializer `yaml:"gamma_initializer" validate:"required"`
	// How the moving mean is filled before training.
	MovingMeanInitializer nn.Initializer `yaml:"moving_mean_initializer" validate:"required"`
	// How the moving variance is filled before training.
	MovingVarianceInitializer nn.Initializer `yaml:"moving_variance_initializer" validate:"required"`
	// What beta's size adds to the loss; none adds nothing.
	BetaRegularizer nn.Regularizer `yaml:"beta_regularizer"`
	// What gamma's size adds to the loss; none adds nothing.
	GammaRegularizer nn.Regularizer `yaml:"gamma_regularizer"`
	Training         `yaml:",inline"`
}

// Output is the input's shape.
func (b *BatchNorm) Output(in []shape.Shape) (shape.Shape, error) {
	if in[0].Rank() == 0 {
		return nil, &shape.Mismatch{
			Fault: shape.WrongRank, Input: in[0], Axis: -1,
			Problem:    "the layer needs a channel axis",
			Arithmetic: "an example has 0 axes",
			Remedy:     "put reshape: {target_shape: [1]} in front of it",
		}
	}
	return in[0], nil
}

// Weights are gamma, beta, moving_mean and moving_variance, [C] each.
func (b *BatchNorm) Weights(in []shape.Shape) []nn.Weight {
	channels := shape.Shape{in[0][in[0].Rank()-1]}
	var weights []nn.Weight
	if b.Scale {
		weights = append(weights, nn.Weight{Name: "gamma", Shape: channels, Init: b.GammaInitializer, Regularizer: b.GammaRegularizer})
	}
	if b.Center {
		weights = append(weights, nn.Weight{Name: "beta", Shape: channels, Init: b.BetaInitializer, Regularizer: b.BetaRegularizer})
	}
	return append(weights,
		nn.Weight{Name: "moving_mean", Shape: channels, Init: b.MovingMeanInitializer, State: true},
		nn.Weight{Name: "moving_variance", Shape: channels, Init: b.MovingVarianceInitializer, State: true},
	)
}

// Space: the way back looks at the input.
func (b *BatchNorm) Space([]shape.Shape, shape.Shape, bool) nn.Space {
	return nn.Space{ForgetsOutput: true}
}

// Build makes the layer alive.
func (b *BatchNorm) Build(site nn.Site[float32]) nn.Layer[float32] { return newBatchNorm(b, site) }

// Build64 makes the layer alive in double precision.
func (b *BatchNorm) Build64(site nn.Site[float64]) nn.Layer[float64] { return newBatchNorm(b, site) }

type batchNorm[T tensor.Float] struct {
	momentum, epsilon        float64
	frozen                   bool
	channels                 int
	gamma, beta              *nn.Param[T]
	movingMean, movingSpread *nn.Param[T]
	x                        *tensor.Tensor[T]
	// mean and inverse are the statistics of the last pass: the mean and
	// 1 / √(variance + ε) of each channel.
	mean, inverse []float64
	// y = (x - center)·factor + offset. The mean is taken off first: where it is
	// large beside the deviation, factor·x + offset would cancel to noise.
	center, factor, offset []T
	// dx = factor·dy + (x - center)·pull + push.
	pull, push []T
	moments    kernel.Moments[T]
	// sum and along are Σ dy and Σ dy·(x - mean).
	sum, along []float64
	tail       kernel.Tail
	one[T]
}

func newBatchNorm[T tensor.Float](b *BatchNorm, site nn.Site[T]) *batchNorm[T] {
	in, params := site.In[0], site.Params
	channels := in[len(in)-1]
	l := &batchNorm[T]{
		momentum: b.Momentum, epsilon: b.Epsilon, frozen: site.Frozen, channels: channels,
		mean: make([]float64, channels), inverse: make([]float64, channels),
		center: make([]T, channels), factor: make([]T, channels), offset: make([]T, channels),
		pull: make([]T, channels), push: make([]T, channels),
		sum: make([]float64, channels), along: make([]float64, channels),
		tail: kernel.Tail{Pooling: unpooled(in)},
	}
	if b.Scale {
		l.gamma, params = params[0], params[1:]
	}
	if b.Center {
		l.beta, params = params[0], params[1:]
	}
	l.movingMean, l.movingSpread = params[0], params[1]
	return l
}

func (l *batchNorm[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	l.x = x[0]
	if p.Training && !l.frozen {
		l.moments.Of(p.Pool, l.x.Data, l.channels)
		l.observed(l.moments.Mean, l.moments.Variance)
	} else {
		l.recall()
	}
	y := p.Arena.New(l.x.Batch(), l.x.Shape[1:]...)
	l.tail.N = l.x.Batch()
	kernel.NormForward(p.Pool, &p.Scratch, &l.tail, l.values(), l.x.Data, y.Data, nil, nil)
	return y
}

// values are what is done to each channel.
func (l *batchNorm[T]) values() *kernel.Norm[T] {
	return &kernel.Norm[T]{Center: l.center, Factor: l.factor, Offset: l.offset, Pull: l.pull, Push: l.push}
}

// observed takes over the statistics of the batch and lets the moving averages
// follow. As in Keras the variance is the biased one, divided by the number of
// rows.
func (l *batchNorm[T]) observed(mean, variance []float64) {
	keep := l.momentum
	for c := range l.channels {
		l.mean[c], l.inverse[c] = mean[c], 1/math.Sqrt(variance[c]+l.epsilon)
		l.movingMean.Value[c] = T(keep*float64(l.movingMean.Value[c]) + (1-keep)*mean[c])
		l.movingSpread.Value[c] = T(keep*float64(l.movingSpread.Value[c]) + (1-keep)*variance[c])
	}
	l.settle()
}

// recall takes the statistics from the moving averages.
func (l *batchNorm[T]) recall() {
	for c := range l.channels {
		l.mean[c] = float64(l.movingMean.Value[c])
		l.inverse[c] = 1 / math.Sqrt(float64(l.movingSpread.Value[c])+l.epsilon)
	}
	l.settle()
}

// fold gives the weights and the bias of a convolution with the normalisation in
// them, in room that is kept: where that is constant,
// (z - center)·factor + offset is a convolution too.
func (l *batchNorm[T]) fold(c *conv[T], kernel, bias []T) (k, b []T) {
	weights, shift := c.kernel.Value, c.biases()
	kernel, bias = grown(kernel, len(weights)), grown(bias, l.channels)
	for c, factor := range l.factor {
		for i := c; i < len(weights); i += l.channels {
			kernel[i] = weights[i] * factor
		}
		bias[c] = l.offset[c] - l.center[c]*factor
		if shift != nil {
			bias[c] += shift[c] * factor
		}
	}
	return kernel, bias
}

// settle works out what is done to each channel.
func (l *batchNorm[T]) settle() {
	for c := range l.channels {
		l.center[c], l.factor[c], l.offset[c] = T(l.mean[c]), T(l.scale(c)*l.inverse[c]), T(l.shift(c))
	}
}

func (l *batchNorm[T]) scale(c int) float64 {
	if l.gamma == nil {
		return 1
	}
	return float64(l.gamma.Value[c])
}

func (l *batchNorm[T]) shift(c int) float64 {
	if l.beta == nil {
		return 0
	}
	return float64(l.beta.Value[c])
}

// Backward: with x̂ = (x - mean)·inverse over m rows,
//
//	dγ = Σ dy·x̂, dβ = Σ dy, dx = γ·inverse·(dy - Σ dy/m - x̂·Σ dy·x̂/m);
//
// where the statistics are constants, the last two terms vanish.
func (l *batchNorm[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	if l.frozen {
		l.constant()
	} else {
		rows := len(dy.Data) / l.channels
		// Nothing lies below the floor of a tail without a rectifier: any array does for
		// its output.
		kernel.NormSums(p.Pool, &p.Scratch, rows, l.channels, false, l.x.Data, dy.Data, l.x.Data, l.center, l.sum, l.along)
		l.recentre(l.sum, l.along)
		l.learn(l.sum, l.along, rows)
	}
	if !need[0] {
		return l.of(nil)
	}
	dx := p.Arena.New(l.x.Batch(), l.x.Shape[1:]...)
	kernel.NormBackward(p.Pool, &p.Scratch, &l.tail, l.values(), l.x.Data, l.x.Data, dy.Data, nil, dx.Data)
	return l.of(dx)
}

// recentre turns Σ dy·(x - center), taken about the rounded mean, into that about
// the mean.
func (l *batchNorm[T]) recentre(sum, along []float64) {
	for c := range along {
		along[c] += sum[c] * (float64(l.center[c]) - l.mean[c])
	}
}

// learn adds to the gradients, from Σ dy and Σ dy·(x - mean) over so many rows,
// and works out how the statistics pull at x.
func (l *batchNorm[T]) learn(sum, along []float64, rows int) {
	for c := range l.channels {
		alongUnit := along[c] * l.inverse[c] // Σ dy·x̂
		if l.beta != nil {
			l.beta.Grad[c] += T(sum[c])
		}
		if l.gamma != nil {
			l.gamma.Grad[c] += T(alongUnit)
		}
		share := l.scale(c) * l.inverse[c] / float64(rows)
		l.pull[c], l.push[c] = T(-share*l.inverse[c]*alongUnit), T(-share*sum[c])
	}
}

// constant says that the statistics do not follow x.
func (l *batchNorm[T]) constant() {
	clear(l.pull)
	clear(l.push)
}
