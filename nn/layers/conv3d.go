package layers

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Conv3D slides learnt kernels over a volume. Each filter gives one channel of
// the output: the sum over its window and the input's channels of input ×
// kernel, plus a bias.
//
// It takes [N, D, H, W, C] and gives [N, D', H', W', filters]. Its weights are
// kernel [kd, kh, kw, C / groups, filters] and bias [filters].
//
// PyTorch stores the kernel as [filters, C / groups, kd, kh, kw] and fills it with
// smaller numbers, the bias too. Its padding="same" knows no strides; with strides
// its padding is alike at both ends, where this puts the odd voxel at the end.
type Conv3D struct {
	// The number of filters, which is the number of channels of the output.
	Filters int `yaml:"filters" elsewhere:"out_channels,channels,nb_filter" validate:"required,min=1"`
	// The size of the window along depth, height and width.
	KernelSize [3]int `yaml:"kernel_size" elsewhere:"kernel" validate:"required,dive,min=1"`
	// How far the window moves at each step. May not be combined with
	// dilation_rate.
	Strides [3]int `yaml:"strides" validate:"dive,min=1"`
	// The treatment of the border: "valid" puts the window only where it fits
	// whole, so a size becomes floor((size - kernel_size) / strides) + 1; "same"
	// pads with zeros evenly, so that it becomes ceil(size / strides).
	Padding string `yaml:"padding" validate:"oneof=valid same"`
	// The distance of the window's elements from one another: 2 leaves a hole of
	// one voxel between them.
	DilationRate [3]int `yaml:"dilation_rate" validate:"dive,min=1"`
	// In how many groups the channels are cut. Each group of filters sees only its
	// group of input channels, so both numbers must be multiples of it.
	Groups int `yaml:"groups" validate:"min=1"`
	// The activation behind the convolution; none leaves the sums as they are.
	Then Activation `yaml:"activation"`
	// Whether each filter has a bias. A batch_norm behind the layer makes it
	// needless.
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

func (c *Conv3D) window() *window {
	return &window{noun: "kernel", setting: "kernel_size", size: c.KernelSize, strides: c.Strides, dilations: c.DilationRate, padding: c.Padding}
}

// Output is [D', H', W', filters].
func (c *Conv3D) Output(in []shape.Shape) (shape.Shape, error) {
	if err := volume(in[0]); err != nil {
		return nil, err
	}
	if err := c.settings(in[0]); err != nil || in[0] == nil {
		return nil, err
	}
	out, err := c.window().output(in[0])
	if err != nil {
		return nil, err
	}
	return shape.Shape{out[0], out[1], out[2], shape.Of(c.Filters)}, nil
}

// settings refuses what excludes one another or does not fit the channels.
func (c *Conv3D) settings(in shape.Shape) error {
	if err := c.window().exclusive(in); err != nil {
		return err
	}
	if err := atLeastOne(in, "filters", c.Filters); err != nil {
		return err
	}
	if err := atLeastOne(in, "groups", c.Groups); err != nil {
		return err
	}
	if c.Filters%c.Groups != 0 {
		return &shape.Mismatch{
			Fault: shape.Indivisible, Settings: []string{"filters", "groups"}, Input: in, Axis: -1,
			Problem:    fmt.Sprintf("%d filters cannot be cut into %d equal groups", c.Filters, c.Groups),
			Arithmetic: fmt.Sprintf("%d mod %d = %d", c.Filters, c.Groups, c.Filters%c.Groups),
			Remedy:     fmt.Sprintf("use %d filters, or other groups", (c.Filters/c.Groups+1)*c.Groups),
		}
	}
	if in == nil {
		return nil
	}
	if channels, known := in[3].Known(); known && channels%c.Groups != 0 {
		return &shape.Mismatch{
			Fault: shape.Indivisible, Settings: []string{"groups"}, Input: in, Axis: 3,
			Problem:    fmt.Sprintf("%d channels cannot be cut into %d equal groups", channels, c.Groups),
			Arithmetic: fmt.Sprintf("%d mod %d = %d", channels, c.Groups, channels%c.Groups),
			Remedy:     fmt.Sprintf("use groups: %d", commonDivisor(channels, c.Filters)),
		}
	}
	return nil
}

// commonDivisor is the greatest number that divides both.
func commonDivisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// Activation is the one that the settings ask for.
func (c *Conv3D) Activation() nn.Spec { return specOf(c.Then) }

// Weights are kernel [kd, kh, kw, C / groups, filters] and bias [filters].
func (c *Conv3D) Weights(in []shape.Shape) []nn.Weight {
	weights := []nn.Weight{{
		Name: "kernel", Init: c.KernelInitializer, Regularizer: c.KernelRegularizer,
		Shape: append(shape.New(c.KernelSize[:]...), in[0][3].FloorDiv(c.Groups), shape.Of(c.Filters)),
	}}
	if c.UseBias {
		weights = append(weights, nn.Weight{Name: "bias", Shape: shape.New(c.Filters), Init: c.BiasInitializer, Regularizer: c.BiasRegularizer})
	}
	return weights
}

// MACs are the window's volume × the input channels of a group, for each element
// of the output.
func (c *Conv3D) MACs(in []shape.Shape, out shape.Shape) shape.Dim {
	return out.Elements().Mul(in[0][3].FloorDiv(c.Groups)).Mul(shape.New(c.KernelSize[:]...).Elements())
}

// Space: the way back looks at the input.
func (c *Conv3D) Space(in []shape.Shape, out shape.Shape, training bool) nn.Space {
	g := c.geometry(in[0].MustSizes(), out.MustSizes())
	return nn.Space{ForgetsOutput: true, Workspace: g.Workspace(training)}
}

// Build makes the layer alive.
func (c *Conv3D) Build(site nn.Site[float32]) nn.Layer[float32] { return newConv3D(c, site) }

// Build64 makes the layer alive in double precision.
func (c *Conv3D) Build64(site nn.Site[float64]) nn.Layer[float64] { return newConv3D(c, site) }

type conv[T tensor.Float] struct {
	geometry     kernel.Conv
	out          []int
	kernel, bias *nn.Param[T]
	x            *tensor.Tensor[T]
	one[T]
}

func newConv3D[T tensor.Float](c *Conv3D, site nn.Site[T]) *conv[T] {
	return newConv(c.geometry(site.In[0], site.Out), site)
}

// newConv takes the kernel, and the bias if there is one, from the site.
func newConv[T tensor.Float](geometry kernel.Conv, site nn.Site[T]) *conv[T] {
	l := &conv[T]{out: site.Out, kernel: site.Params[0], geometry: geometry}
	if len(site.Params) > 1 {
		l.bias = site.Params[1]
	}
	return l
}

// geometry is the convolution at a place, for the kernels.
func (c *Conv3D) geometry(in, out []int) kernel.Conv {
	return c.window().convolution(in, out, c.Groups)
}

func (l *conv[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	l.take(x[0])
	y := p.Arena.New(l.geometry.N, l.out...)
	kernel.ConvForward(p.Pool, &p.Scratch, &l.geometry, l.x.Data, l.kernel.Value, l.biases(), y.Data)
	return y
}

// take keeps the input.
func (l *conv[T]) take(x *tensor.Tensor[T]) {
	l.x, l.geometry.N = x, x.Batch()
}

// biases are nil if there are none.
func (l *conv[T]) biases() []T {
	if l.bias == nil {
		return nil
	}
	return l.bias.Value
}

func (l *conv[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	if l.bias != nil && l.bias.Trainable {
		kernel.BiasGrad(p.Pool, &p.Scratch, len(dy.Data)/l.geometry.K, l.geometry.K, dy.Data, l.bias.Grad)
	}
	return l.of(l.gradients(p, dy, need[0]))
}

// gradients adds to the gradient of the kernel, and gives that by the input if it
// is needed.
func (l *conv[T]) gradients(p *nn.Pass[T], dy *tensor.Tensor[T], need bool) *tensor.Tensor[T] {
	if l.kernel.Trainable {
		kernel.ConvWeightGrad(p.Pool, &p.Scratch, &l.geometry, l.x.Data, dy.Data, l.kernel.Grad)
	}
	if !need {
		return nil
	}
	return l.inputGrad(p, dy)
}

func (l *conv[T]) inputGrad(p *nn.Pass[T], dy *tensor.Tensor[T]) *tensor.Tensor[T] {
	dx := p.Arena.New(l.geometry.N, l.x.Shape[1:]...)
	kernel.ConvInputGrad(p.Pool, &p.Scratch, &l.geometry, dy.Data, l.kernel.Value, dx.Data)
	return dx
}
