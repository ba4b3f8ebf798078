package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
)

// DepthwiseConv3D slides kernels over each channel by itself: no channel sees
// another. A conv3d with kernel_size 1 behind it mixes them, and both together
// cost a fraction of one full convolution (Howard et al., 2017). Keras has this
// layer for one and two axes, with the same settings.
//
// It takes [N, D, H, W, C] and gives [N, D', H', W', C × depth_multiplier], the
// outputs of a channel next to each other. Its weights are kernel
// [kd, kh, kw, C, depth_multiplier] and bias [C × depth_multiplier]. In PyTorch it
// is a Conv3d with as many groups as channels, whose padding is alike at both ends.
type DepthwiseConv3D struct {
	// The size of the window along depth, height and width.
	KernelSize [3]int `yaml:"kernel_size" elsewhere:"kernel" validate:"required,dive,min=1"`
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

// Space: the way back looks at the input.
func (c *DepthwiseConv3D) Space([]shape.Shape, shape.Shape, bool) nn.Space {
	return nn.Space{ForgetsOutput: true}
}

// geometry is a convolution of as many groups as there are channels, whose kernel
// is laid out just like the layer's.
func (c *DepthwiseConv3D) geometry(in, out []int) kernel.Conv {
	return c.window().convolution(in, out, in[3])
}

// Build makes the layer alive.
func (c *DepthwiseConv3D) Build(site nn.Site[float32]) nn.Layer[float32] {
	return newConv(c.geometry(site.In[0], site.Out), site)
}

// Build64 makes the layer alive in double precision.
func (c *DepthwiseConv3D) Build64(site nn.Site[float64]) nn.Layer[float64] {
	return newConv(c.geometry(site.In[0], site.Out), site)
}
