package layers

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Dense connects every value of its input with every unit: each unit gives the
// sum of input × kernel, plus a bias.
//
// It takes [N, features] and gives [N, units]. A volume must be flattened, or
// pooled globally, before it. Its weights are kernel [features, units] and bias
// [units]. PyTorch's Linear stores [units, features] and fills both with other
// numbers.
type Dense struct {
	// The number of units, which is the number of values of the output.
	Units int `yaml:"units" elsewhere:"out_features,neurons,nodes,output_dim" validate:"required,min=1"`
	// The activation behind the sums; none leaves them as they are.
	Then Activation `yaml:"activation"`
	// Whether each unit has a bias.
	UseBias bool `yaml:"use_bias"`
	// How the kernel is filled before training.
	KernelInitializer nn.Initializer `yaml:"kernel_initializer" validate:"required"`
	// How the bias is filled before training.
	BiasInitializer nn.Initializer `yaml:"bias_initializer" validate:"required"`
	// What the kernel's size adds to the loss; none adds nothing.
	KernelRegularizer nn.Regularizer `yaml:"kernel_regularizer"`
	// What the bias's size adds to the loss; none adds nothing.
	BiasRegularizer nn.Regularizer `yaml:"bias_regularizer"`
	Training        `yaml:",inline"`
}

// Output is [units]. Keras would work along the last axis of a volume, which is
// hardly ever meant, so it is refused.
func (d *Dense) Output(in []shape.Shape) (shape.Shape, error) {
	out := shape.New(d.Units)
	switch {
	case d.Units < 1:
		return nil, &shape.Mismatch{
			Fault: shape.Setting, Settings: []string{"units"}, Input: in[0], Axis: -1,
			Problem:    fmt.Sprintf("units is %d", d.Units),
			Arithmetic: fmt.Sprintf("%d < 1", d.Units),
			Remedy:     "make units at least 1",
		}
	case in[0].Rank() > 1:
		return nil, &shape.Mismatch{
			Fault: shape.Unflattened, Input: in[0], Axis: -1,
			Problem:    "the layer takes a vector of features",
			Arithmetic: fmt.Sprintf("an example has %s, not 1", axes(in[0].Rank())),
			Remedy:     "put flatten or global_average_pool3d in front of it",
		}
	case in[0].Rank() == 0:
		return nil, &shape.Mismatch{
			Fault: shape.WrongRank, Input: in[0], Axis: -1,
			Problem:    "the layer takes a vector of features",
			Arithmetic: "an example has 0 axes, not 1",
			Remedy:     "put reshape: {target_shape: [1]} in front of it",
		}
	}
	return out, nil
}

// Activation is the one that the settings ask for.
func (d *Dense) Activation() nn.Spec { return specOf(d.Then) }

// Weights are kernel [features, units] and bias [units].
func (d *Dense) Weights(in []shape.Shape) []nn.Weight {
	weights := []nn.Weight{{
		Name: "kernel", Shape: shape.Shape{in[0][0], shape.Of(d.Units)},
		Init: d.KernelInitializer, Regularizer: d.KernelRegularizer,
	}}
	if d.UseBias {
		weights = append(weights, nn.Weight{Name: "bias", Shape: shape.New(d.Units), Init: d.BiasInitializer, Regularizer: d.BiasRegularizer})
	}
	return weights
}

// MACs are features × units.
func (d *Dense) MACs(in []shape.Shape, _ shape.Shape) shape.Dim { return in[0][0].Times(d.Units) }

// Space: the way back looks at the input.
func (d *Dense) Space([]shape.Shape, shape.Shape, bool) nn.Space {
	return nn.Space{ForgetsOutput: true}
}

// Build makes the layer alive.
func (d *Dense) Build(site nn.Site[float32]) nn.Layer[float32] { return newDense(d, site) }

// Build64 makes the layer alive in double precision.
func (d *Dense) Build64(site nn.Site[float64]) nn.Layer[float64] { return newDense(d, site) }

type dense[T tensor.Float] struct {
	features, units int
	kernel, bias    *nn.Param[T]
	x               *tensor.Tensor[T]
	one[T]
}

func newDense[T tensor.Float](d *Dense, site nn.Site[T]) *dense[T] {
	l := &dense[T]{features: site.In[0][0], units: d.Units, kernel: site.Params[0]}
	if d.UseBias {
		l.bias = site.Params[1]
	}
	return l
}

func (l *dense[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	y := p.Arena.New(x[0].Batch(), l.units)
	l.into(p, x[0], y)
	return y
}

// into computes y.
func (l *dense[T]) into(p *nn.Pass[T], x, y *tensor.Tensor[T]) {
	l.weigh(p, x, y, l.kernel.Value, false)
}

// weigh computes y with the layer's weights as they are, or by units.
func (l *dense[T]) weigh(p *nn.Pass[T], x, y *tensor.Tensor[T], weights []T, byUnits bool) {
	l.x = x
	n := x.Batch()
	if l.bias != nil {
		for i := range n {
			copy(y.Example(i), l.bias.Value)
		}
	}
	kernel.MatMul(p.Pool, &p.Scratch, n, l.units, l.features, x.Data, weights, y.Data, false, byUnits, l.bias != nil)
}

func (l *dense[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	l.learn(p, dy)
	if !need[0] {
		return l.of(nil)
	}
	return l.of(l.inputGrad(p, dy))
}

// learn adds to the gradients of bias and kernel.
func (l *dense[T]) learn(p *nn.Pass[T], dy *tensor.Tensor[T]) {
	if learns(l.bias) {
		kernel.BiasGrad(p.Pool, &p.Scratch, dy.Batch(), l.units, dy.Data, l.bias.Grad)
	}
	l.learnKernel(p, dy)
}

// learnKernel adds to the gradient of the kernel: dw [features, units] += xᵀ dy.
func (l *dense[T]) learnKernel(p *nn.Pass[T], dy *tensor.Tensor[T]) {
	if l.kernel.Trainable {
		kernel.MatMul(p.Pool, &p.Scratch, l.features, l.units, dy.Batch(), l.x.Data, dy.Data, l.kernel.Grad, true, false, true)
	}
}

// gradients adds to the gradient of the kernel, and gives that by the input if it
// is needed.
func (l *dense[T]) gradients(p *nn.Pass[T], dy *tensor.Tensor[T], need bool) *tensor.Tensor[T] {
	l.learnKernel(p, dy)
	if !need {
		return nil
	}
	return l.inputGrad(p, dy)
}

// inputGrad gives the gradient by the input.
func (l *dense[T]) inputGrad(p *nn.Pass[T], dy *tensor.Tensor[T]) *tensor.Tensor[T] {
	n := dy.Batch()
	dx := p.Arena.New(n, l.features)
	kernel.MatMul(p.Pool, &p.Scratch, n, l.features, l.units, dy.Data, l.kernel.Value, dx.Data, false, true, false)
	return dx
}
