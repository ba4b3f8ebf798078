package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Activation is a layer without weights that may be written as the setting
// `activation` of another layer.
type Activation interface {
	nn.Spec
	IsActivation()
}

// Activate applies an activation by its name. It is the same as the layer of
// that name.
type Activate struct {
	// The activation.
	Function Activation `yaml:"activation,positional" validate:"required"`
	Training `yaml:",inline"`
}

// Means is the activation itself.
func (a *Activate) Means() nn.Spec { return a.Function }

// specOf is the layer behind an `activation` setting; nil for none, and for
// linear, which does nothing.
func specOf(a Activation) nn.Spec {
	if _, nothing := a.(*Linear); nothing || a == nil {
		return nil
	}
	return a
}

// elementwise is the part that all activations have in common.
type elementwise struct{}

// Output is the input's shape.
func (elementwise) Output(in []shape.Shape) (shape.Shape, error) { return in[0], nil }

// Weights are none.
func (elementwise) Weights([]shape.Shape) []nn.Weight { return nil }

// IsActivation marks what the setting `activation` may name.
func (elementwise) IsActivation() {}

// curve is a function of one number, applied to every element. Its two functions
// work on a stretch of each array; all stretches have the same length.
type curve[T tensor.Float] struct {
	// value sets y to the function of x.
	value func(x, y []T)
	// slope sets dx to dy times the derivative at x, where the function is y.
	slope func(x, y, dy, dx []T)

	x, y, dy, dx *tensor.Tensor[T]
	// forth and back work on a stretch; they are made once, so that a pass takes no
	// memory for them.
	forth, back func(stretch int)
	one[T]
}

// newCurve makes a curve of the fast kernels in single precision.
func newCurve(f kernel.Function) *curve[float32] {
	return &curve[float32]{value: f.Value, slope: f.Slope}
}

// newCurve64 makes a curve from a function and its derivative, which is given x
// and the function's value there.
func newCurve64(value func(x float64) float64, slope func(x, y float64) float64) *curve[float64] {
	return &curve[float64]{
		value: func(x, y []float64) {
			for i, v := range x {
				y[i] = value(v)
			}
		},
		slope: func(x, y, dy, dx []float64) {
			for i, v := range x {
				dx[i] = dy[i] * slope(v, y[i])
			}
		},
	}
}

func (c *curve[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	y := p.Arena.New(x[0].Batch(), x[0].Shape[1:]...)
	c.along(p, x[0], y)
	return y
}

// along sets y to the function of x, which may be y.
func (c *curve[T]) along(p *nn.Pass[T], x, y *tensor.Tensor[T]) {
	c.x, c.y = x, y
	if c.forth == nil {
		c.forth = func(i int) {
			from, to := stretchOf(i, len(c.x.Data))
			c.value(c.x.Data[from:to], c.y.Data[from:to])
		}
	}
	p.Pool.Run(stretchCount(len(c.x.Data)), c.forth)
}

func (c *curve[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	if !need[0] {
		return c.of(nil)
	}
	dx := p.Arena.New(c.x.Batch(), c.x.Shape[1:]...)
	c.against(p, dy, dx)
	return c.of(dx)
}

// against sets dx to dy times the derivative.
func (c *curve[T]) against(p *nn.Pass[T], dy, dx *tensor.Tensor[T]) {
	c.dy, c.dx = dy, dx
	if c.back == nil {
		c.back = func(i int) {
			from, to := stretchOf(i, len(c.x.Data))
			c.slope(c.x.Data[from:to], c.y.Data[from:to], c.dy.Data[from:to], c.dx.Data[from:to])
		}
	}
	p.Pool.Run(stretchCount(len(c.x.Data)), c.back)
}

// stretch is how many elements a worker takes at a time: small enough that what
// it reads and writes stays in its cache, large enough that fetching work costs
// nothing.
const stretch = 8192

// stretchCount is into how many stretches n elements are cut, whatever works on
// them, and stretchOf one of them.
func stretchCount(n int) int { return (n + stretch - 1) / stretch }

func stretchOf(i, n int) (from, to int) { return i * stretch, min((i+1)*stretch, n) }
