package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// DepthwiseConv3D slides kernels over each channel by itself: no channel sees
// another. A conv3d with kernel_size 1 behind it mixes them, and both together
// cost a fraction of one full convolution (Howard et al., 2017). Keras has this
// layer for one and two axes, with the same settings.
//
// It takes [N, D, H, W, C] and gives [N, D', H', W', C × depth_multiplier], the
// outputs of a channel next to each other. Its weights are kernel
// [kd, kh, kw, C, depth_multiplier] and bias [C × depth_multiplier].
type DepthwiseConv3D struct {
	// The size of the window along depth, height and width.
	KernelSize [3]int `yaml:"kernel_size" validate:"required,dive,min=1"`
	// How far the window moves at each step. May not be combined with
	// dilation_rate.
	Strides [3]int `yaml:"strides" validate:"dive,min=1"`
	// The treatment of the border: "valid" puts the window only where it fits
	// whole, so a size becomes floor((size - kernel_size) / strides) + 1; "same"
	// pads with zeros evenly, so that it becomes ceil(size / strides).
	Padding string `yaml:"padding" validate:"oneof=valid same"`
	// How many kernels each channel has, which is how many channels it becomes.
	DepthMultiplier int `yaml:"depth_multiplier" validate:"min=1"`
	// The distance of the window's elements from one another: 2 leaves a hole of
	// one voxel between them.
	DilationRate [3]int `yaml:"dilation_rate" validate:"dive,min=1"`
	// The activation behind the convolution; none leaves the sums as they are.
	Then Activation `yaml:"activation"`
	// Whether each channel of the output has a bias. A batch_norm behind the layer
	// makes it needless.
	UseBias bool `yaml:"use_bias"`
	// How the kernel is filled before training.
	DepthwiseInitializer nn.Initializer `yaml:"depthwise_initializer" validate:"required"`
	// How the bias is filled before training.
	BiasInitializer nn.Initializer `yaml:"bias_initializer" validate:"required"`
	// What the kernel's size adds to the loss; none adds nothing.
	DepthwiseRegularizer nn.Regularizer `yaml:"depthwise_regularizer"`
	// What the bias's size adds to the loss; none adds nothing.
	BiasRegularizer nn.Regularizer `yaml:"bias_regularizer"`
	Training        `yaml:",inline"`
}

func (c *DepthwiseConv3D) window() *window {
	return &window{noun: "kernel", setting: "kernel_size", size: c.KernelSize, strides: c.Strides, dilations: c.DilationRate, padding: c.Padding}
}

// Output is [D', H', W', C × depth_multiplier].
func (c *DepthwiseConv3D) Output(in []shape.Shape) (shape.Shape, error) {
	if err := volume(in[0]); err != nil {
		return nil, err
	}
	if err := c.window().exclusive(in[0]); err != nil {
		return nil, err
	}
	if err := atLeastOne(in[0], "depth_multiplier", c.DepthMultiplier); err != nil || in[0] == nil {
		return nil, err
	}
	out, err := c.window().output(in[0])
	if err != nil {
		return nil, err
	}
	return shape.Shape{out[0], out[1], out[2], in[0][3].Times(c.DepthMultiplier)}, nil
}

// Activation is the one that the settings ask for.
func (c *DepthwiseConv3D) Activation() nn.Spec { return specOf(c.Then) }

// Weights are kernel [kd, kh, kw, C, depth_multiplier] and bias
// [C × depth_multiplier].
func (c *DepthwiseConv3D) Weights(in []shape.Shape) []nn.Weight {
	channels := in[0][3]
	weights := []nn.Weight{{
		Name: "kernel", Init: c.DepthwiseInitializer, Regularizer: c.DepthwiseRegularizer,
		Shape: append(shape.New(c.KernelSize[:]...), channels, shape.Of(c.DepthMultiplier)),
	}}
	if c.UseBias {
		weights = append(weights, nn.Weight{
			Name: "bias", Shape: shape.Shape{channels.Times(c.DepthMultiplier)}, Init: c.BiasInitializer, Regularizer: c.BiasRegularizer,
		})
	}
	return weights
}

// MACs are the window's volume for each element of the output.
func (c *DepthwiseConv3D) MACs(_ []shape.Shape, out shape.Shape) shape.Dim {
	return out.Elements().Mul(shape.New(c.KernelSize[:]...).Elements())
}

// Space: the way back looks at the input. Where channels have several kernels, a
// copy is made in which each stands once for each.
func (c *DepthwiseConv3D) Space(in []shape.Shape, _ shape.Shape, _ bool) nn.Space {
	s := nn.Space{ForgetsOutput: true}
	if sizes := in[0].MustSizes(); c.repeats(sizes) {
		s.Forth = c.DepthMultiplier * tensor.Elements(sizes)
		s.Back = s.Forth
	}
	return s
}

// repeats says whether the channels are repeated, so that each has one kernel. A
// single channel is an ordinary convolution.
func (c *DepthwiseConv3D) repeats(in []int) bool { return c.DepthMultiplier > 1 && in[3] > 1 }

// geometry is a convolution of as many groups as there are channels, repeated or
// not, whose kernel is laid out just like the layer's.
func (c *DepthwiseConv3D) geometry(in, out []int) kernel.Conv {
	if c.repeats(in) {
		in = []int{in[0], in[1], in[2], out[3]}
	}
	return c.window().convolution(in, out, in[3])
}

// Build makes the layer alive.
func (c *DepthwiseConv3D) Build(site nn.Site[float32]) nn.Layer[float32] {
	return newDepthwise(c, site)
}

// Build64 makes the layer alive in double precision.
func (c *DepthwiseConv3D) Build64(site nn.Site[float64]) nn.Layer[float64] {
	return newDepthwise(c, site)
}

func newDepthwise[T tensor.Float](c *DepthwiseConv3D, site nn.Site[T]) nn.Layer[T] {
	l := newConv(c.geometry(site.In[0], site.Out), site)
	if !c.repeats(site.In[0]) {
		return l
	}
	return &repeatedChannels[T]{conv: l, times: c.DepthMultiplier}
}

// repeatedChannels is a convolution of a volume in which each channel stands several
// times.
type repeatedChannels[T tensor.Float] struct {
	conv  *conv[T]
	times int
	x     *tensor.Tensor[T]
	one[T]
}

// repeated lends a copy in which each channel stands as often as it has kernels.
func (l *repeatedChannels[T]) repeated(p *nn.Pass[T]) *tensor.Tensor[T] {
	g := &l.conv.geometry
	wide := p.Arena.New(l.x.Batch(), g.D, g.H, g.W, g.C)
	stretches(p.Pool, len(l.x.Data), func(from, to int) {
		into := wide.Data[from*l.times : to*l.times]
		for i, v := range l.x.Data[from:to] {
			fill(into[i*l.times:(i+1)*l.times], v)
		}
	})
	return wide
}

func (l *repeatedChannels[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	l.x, l.conv.geometry.N = x[0], x[0].Batch()
	y := p.Arena.New(l.x.Batch(), l.conv.out...)
	wide := l.repeated(p)
	kernel.ConvForward(p.Pool, &p.Scratch, &l.conv.geometry, wide.Data, l.conv.kernel.Value, l.conv.biases(), y.Data)
	p.Arena.Release(wide)
	return y
}

func (l *repeatedChannels[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	l.conv.learnBias(p, dy)
	wide := l.repeated(p)
	var dx *tensor.Tensor[T]
	if need[0] {
		dx = p.Arena.New(l.x.Batch(), l.x.Shape[1:]...)
	}
	if l.conv.kernel.Trainable {
		kernel.ConvWeightGrad(p.Pool, &p.Scratch, &l.conv.geometry, wide.Data, dy.Data, l.conv.kernel.Grad)
	}
	if need[0] { // the copy has done its duty
		kernel.ConvInputGrad(p.Pool, &p.Scratch, &l.conv.geometry, dy.Data, l.conv.kernel.Value, wide.Data)
		stretches(p.Pool, len(dx.Data), func(from, to int) {
			for i := from; i < to; i++ {
				var sum T
				for _, v := range wide.Data[i*l.times : (i+1)*l.times] {
					sum += v
				}
				dx.Data[i] = sum
			}
		})
	}
	p.Arena.Release(wide)
	return l.of(dx)
}
