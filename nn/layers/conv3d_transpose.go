package layers

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Conv3DTranspose makes a volume larger with learnt kernels: each voxel adds its
// value times the kernel to a window of the output, and the windows lie strides
// apart. It leads back from the shape that a conv3d with the same settings gives
// to the one it was given, as decoders need it.
//
// It takes [N, D, H, W, C] and gives [N, D', H', W', filters]. Its weights are
// kernel [kd, kh, kw, filters, C] and bias [filters]. Note the order of the last
// two axes: it is Keras', and its initializers take filters for the kernel's
// inputs. PyTorch pads both ends alike and stores [C, filters, kd, kh, kw].
type Conv3DTranspose struct {
	// The number of filters, which is the number of channels of the output.
	Filters int `yaml:"filters" elsewhere:"out_channels,channels,nb_filter" validate:"required,min=1"`
	// The size of the window along depth, height and width.
	KernelSize [3]int `yaml:"kernel_size" elsewhere:"kernel" validate:"required,dive,min=1"`
	// How far the window moves in the output from one voxel of the input to the
	// next. May not be combined with dilation_rate.
	Strides [3]int `yaml:"strides" validate:"dive,min=1"`
	// The treatment of the border: "valid" keeps all that the windows reach, so a
	// size becomes (size - 1) × strides + max(kernel_size, strides); "same" cuts it to
	// size × strides, evenly from both ends.
	Padding string `yaml:"padding" validate:"oneof=valid same"`
	// How many voxels are added at the end of each axis, fewer than strides. Written
	// out, it decides the size: (size - 1) × strides + kernel_size + output_padding
	// with padding "valid"; with "same" kernel_size counts 1 if it is odd and 0 if
	// even. Several sizes give the same one behind a convolution with strides, and
	// this tells which of them is meant.
	OutputPadding *[3]int `yaml:"output_padding" validate:"omitempty,dive,min=0"`
	// The distance of the window's elements from one another: 2 leaves a hole of
	// one voxel between them. It counts in the formulas of the sizes: kernel_size is
	// then (kernel_size - 1) × dilation_rate + 1.
	DilationRate [3]int `yaml:"dilation_rate" validate:"dive,min=1"`
	// The activation behind the layer; none leaves the sums as they are.
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

func (c *Conv3DTranspose) window() *window {
	return &window{noun: "kernel", setting: "kernel_size", size: c.KernelSize, strides: c.Strides, dilations: c.DilationRate, padding: c.Padding}
}

// Output is [D', H', W', filters].
func (c *Conv3DTranspose) Output(in []shape.Shape) (shape.Shape, error) {
	if err := volume(in[0]); err != nil {
		return nil, err
	}
	w := c.window()
	if err := w.exclusive(in[0]); err != nil {
		return nil, err
	}
	if err := atLeastOne(in[0], "filters", c.Filters); err != nil || in[0] == nil {
		return nil, err
	}
	out := shape.Shape{{}, {}, {}, shape.Of(c.Filters)}
	for axis := range 3 {
		if err := w.settings(axis, in[0]); err != nil {
			return nil, err
		}
		if err := c.padsTooFar(axis, in[0]); err != nil {
			return nil, err
		}
		out[axis] = c.length(axis, in[0][axis])
		size, known := out[axis].Known()
		switch {
		case known && size < 1:
			return nil, c.empty(axis, in[0])
		case known && size > longest:
			return nil, tooLong(axis, in[0], "strides", w.strides[axis], size)
		}
	}
	return out, nil
}

// length is Keras' rule for the size of an axis.
func (c *Conv3DTranspose) length(axis int, in shape.Dim) shape.Dim {
	span, stride := c.window().span(axis), c.Strides[axis]
	reached := in.Plus(-1).Times(stride) // where the last window begins
	switch {
	case c.Padding == same && c.OutputPadding == nil:
		return in.Times(stride)
	case c.Padding == same:
		return reached.Plus(span%2 + c.OutputPadding[axis])
	case c.OutputPadding == nil:
		return reached.Plus(max(span, stride))
	}
	return reached.Plus(span + c.OutputPadding[axis])
}

// front is how many voxels are cut from the beginning of an axis: half of what is
// cut, rounded down, as TensorFlow does.
func (c *Conv3DTranspose) front(axis int) int {
	span := c.window().span(axis)
	switch {
	case c.Padding != same:
		return 0
	case c.OutputPadding == nil:
		return max(0, span-c.Strides[axis]) / 2
	}
	return max(0, span-span%2-c.OutputPadding[axis]) / 2
}

func (c *Conv3DTranspose) padsTooFar(axis int, in shape.Shape) error {
	if c.OutputPadding == nil || c.OutputPadding[axis] >= 0 && c.OutputPadding[axis] < c.Strides[axis] {
		return nil
	}
	return &shape.Mismatch{
		Fault: shape.Setting, Settings: []string{"output_padding", "strides"}, Input: in, Axis: axis,
		Problem:    "output_padding is the rest that strides leave, and so smaller than they are",
		Arithmetic: fmt.Sprintf("%d is not in 0 to %d along the %s", c.OutputPadding[axis], c.Strides[axis]-1, shape.AxisName(4, axis)),
		Remedy:     "make output_padding smaller, or leave it out",
	}
}

// empty refuses an input from which an even kernel cuts everything.
func (c *Conv3DTranspose) empty(axis int, in shape.Shape) error {
	name := shape.AxisName(4, axis)
	return &shape.Mismatch{
		Fault: shape.TooSmall, Settings: []string{"output_padding", "padding"}, Input: in, Axis: axis,
		Problem:    fmt.Sprintf("nothing would be left of the %s", name),
		Arithmetic: fmt.Sprintf("(%s - 1) × %d + %d + %d = 0 with padding same and a kernel that spans %d", in[axis], c.Strides[axis], c.window().span(axis)%2, c.OutputPadding[axis], c.window().span(axis)),
		Remedy:     "leave output_padding out",
	}
}

// tooLong refuses what would make a volume of a length that nobody has.
func tooLong(axis int, in shape.Shape, setting string, value, size int) error {
	return &shape.Mismatch{
		Fault: shape.Setting, Settings: []string{setting}, Input: in, Axis: axis,
		Problem:    fmt.Sprintf("%s is %d along the %s, which would become %d voxels long", setting, value, shape.AxisName(4, axis), size),
		Arithmetic: fmt.Sprintf("%d > %d", size, longest),
		Remedy:     fmt.Sprintf("make %s smaller", setting),
	}
}

// Activation is the one that the settings ask for.
func (c *Conv3DTranspose) Activation() nn.Spec { return specOf(c.Then) }

// Weights are kernel [kd, kh, kw, filters, C] and bias [filters].
func (c *Conv3DTranspose) Weights(in []shape.Shape) []nn.Weight {
	weights := []nn.Weight{{
		Name: "kernel", Init: c.KernelInitializer, Regularizer: c.KernelRegularizer,
		Shape: append(shape.New(c.KernelSize[:]...), shape.Of(c.Filters), in[0][3]),
	}}
	if c.UseBias {
		weights = append(weights, nn.Weight{Name: "bias", Shape: shape.New(c.Filters), Init: c.BiasInitializer, Regularizer: c.BiasRegularizer})
	}
	return weights
}

// MACs are the kernel's volume × filters, for each element of the input.
func (c *Conv3DTranspose) MACs(in []shape.Shape, _ shape.Shape) shape.Dim {
	return in[0].Elements().Times(c.Filters).Mul(shape.New(c.KernelSize[:]...).Elements())
}

// Space: the way back looks at the input.
func (c *Conv3DTranspose) Space(in []shape.Shape, out shape.Shape, training bool) nn.Space {
	g := c.geometry(in[0].MustSizes(), out.MustSizes())
	return nn.Space{ForgetsOutput: true, Workspace: g.Workspace(training)}
}

// Fuse takes an activation that is a curve.
func (c *Conv3DTranspose) Fuse(in []shape.Shape, run []nn.Node) int {
	_, known := in[0].Sizes()
	if len(run) < 2 || !known {
		return 1
	}
	if bends, _ := bends(run[1].Spec); bends {
		return 2
	}
	return 1
}

// FusedSpace is how a bend uses memory.
func (c *Conv3DTranspose) FusedSpace(in []shape.Shape, run []nn.Node, training bool) nn.Space {
	g := c.geometry(in[0].MustSizes(), run[0].Output.MustSizes())
	return bendSpace(run, training, &g)
}

// Fused makes a bend.
func (c *Conv3DTranspose) Fused(run []nn.Node, sites []nn.Site[float32]) nn.Layer[float32] {
	l := newBend[float32](run, built(run, sites), nil, nil)
	l.up = newConvTranspose(c, sites[0])
	return l
}

// Fused64 makes a bend in double precision.
func (c *Conv3DTranspose) Fused64(run []nn.Node, sites []nn.Site[float64]) nn.Layer[float64] {
	l := newBend[float64](run, built64(run, sites), nil, nil)
	l.up = newConvTranspose(c, sites[0])
	return l
}

// Build makes the layer alive.
func (c *Conv3DTranspose) Build(site nn.Site[float32]) nn.Layer[float32] {
	return newConvTranspose(c, site)
}

// Build64 makes the layer alive in double precision.
func (c *Conv3DTranspose) Build64(site nn.Site[float64]) nn.Layer[float64] {
	return newConvTranspose(c, site)
}

// convTranspose is a convolution backwards: what it computes is the gradient by
// the input of the convolution from its output to its input, whose kernel is laid
// out just like its own.
type convTranspose[T tensor.Float] struct {
	geometry     kernel.Conv
	out          []int
	kernel, bias *nn.Param[T]
	x            *tensor.Tensor[T]
	one[T]
}

func newConvTranspose[T tensor.Float](c *Conv3DTranspose, site nn.Site[T]) *convTranspose[T] {
	l := &convTranspose[T]{out: site.Out, kernel: site.Params[0], geometry: c.geometry(site.In[0], site.Out)}
	if len(site.Params) > 1 {
		l.bias = site.Params[1]
	}
	return l
}

// geometry is the convolution from the layer's output to its input.
func (c *Conv3DTranspose) geometry(in, out []int) kernel.Conv {
	return kernel.Conv{
		D: out[0], H: out[1], W: out[2], C: out[3],
		OD: in[0], OH: in[1], OW: in[2], K: in[3],
		KD: c.KernelSize[0], KH: c.KernelSize[1], KW: c.KernelSize[2],
		SD: c.Strides[0], SH: c.Strides[1], SW: c.Strides[2],
		ED: c.DilationRate[0], EH: c.DilationRate[1], EW: c.DilationRate[2],
		PD: c.front(0), PH: c.front(1), PW: c.front(2),
		Groups: 1,
	}
}

func (l *convTranspose[T]) Forward(p *nn.Pass[T], x []*tensor.Tensor[T]) *tensor.Tensor[T] {
	l.take(x[0])
	y := p.Arena.New(l.geometry.N, l.out...)
	kernel.ConvTranspose(p.Pool, &p.Scratch, &l.geometry, l.x.Data, l.kernel.Value, l.biases(), y.Data)
	return y
}

// take keeps the input.
func (l *convTranspose[T]) take(x *tensor.Tensor[T]) {
	l.x, l.geometry.N = x, x.Batch()
}

// biases are nil if there are none.
func (l *convTranspose[T]) biases() []T {
	if l.bias == nil {
		return nil
	}
	return l.bias.Value
}

func (l *convTranspose[T]) Backward(p *nn.Pass[T], dy *tensor.Tensor[T], need []bool) []*tensor.Tensor[T] {
	if l.bias != nil && l.bias.Trainable {
		kernel.BiasGrad(p.Pool, &p.Scratch, len(dy.Data)/l.geometry.C, l.geometry.C, dy.Data, l.bias.Grad)
	}
	if l.kernel.Trainable {
		kernel.ConvWeightGrad(p.Pool, &p.Scratch, &l.geometry, dy.Data, l.x.Data, l.kernel.Grad)
	}
	if !need[0] {
		return l.of(nil)
	}
	dx := p.Arena.New(l.geometry.N, l.x.Shape[1:]...)
	kernel.ConvForward(p.Pool, &p.Scratch, &l.geometry, dy.Data, l.kernel.Value, nil, dx.Data)
	return l.of(dx)
}
