package layers

import (
	"math"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

func TestWindowSizes(t *testing.T) {
	depth := shape.Symbol("depth")
	for _, c := range []struct {
		name string
		spec nn.Spec
		in   shape.Shape
		want string
	}{
		{"valid", convolution(func(c *Conv3D) { c.KernelSize = [3]int{3, 3, 3} }), shape.New(10, 64, 64, 1), "[8, 62, 62, 3]"},
		{"valid with strides leaves out the rest", convolution(func(c *Conv3D) { c.KernelSize, c.Strides = [3]int{3, 3, 3}, [3]int{2, 2, 3} }), shape.New(10, 9, 8, 1), "[4, 4, 2, 3]"},
		{"same with strides rounds up", convolution(func(c *Conv3D) { c.Padding, c.Strides = same, [3]int{2, 2, 3} }), shape.New(10, 9, 8, 1), "[5, 5, 3, 3]"},
		{"dilation", convolution(func(c *Conv3D) { c.KernelSize, c.DilationRate = [3]int{3, 3, 3}, [3]int{2, 3, 1} }), shape.New(10, 9, 8, 1), "[6, 3, 6, 3]"},
		{"exactly one", convolution(func(c *Conv3D) { c.KernelSize = [3]int{3, 3, 3} }), shape.New(3, 3, 3, 1), "[1, 1, 1, 3]"},
		{"symbol", convolution(func(c *Conv3D) { c.KernelSize = [3]int{3, 3, 3} }), shape.Shape{depth, shape.Of(9), shape.Of(8), shape.Of(1)}, "[depth-2, 7, 6, 3]"},
		{"symbol with padding", convolution(func(c *Conv3D) { c.Padding, c.Strides = same, [3]int{2, 2, 2} }), shape.Shape{depth, shape.Of(9), shape.Of(8), shape.Of(1)}, "[floor((depth+1)/2), 5, 4, 3]"},
		{"pool", New(func(*MaxPool3D) {}), shape.New(15, 14, 13, 7), "[7, 7, 6, 7]"},
		{"pool, same", New(func(m *MaxPool3D) { m.Padding = same }), shape.New(15, 14, 1, 7), "[8, 7, 1, 7]"},
		{"pool of a symbol", New(func(*AveragePool3D) {}), shape.Shape{depth, shape.Of(4), shape.Of(4), shape.Symbol("c")}, "[floor(depth/2), 2, 2, c]"},
		{"pool of overlapping windows", New(func(m *MaxPool3D) { m.PoolSize, m.Strides = [3]int{3, 3, 3}, [3]int{1, 2, 3} }), shape.New(5, 5, 5, 2), "[3, 2, 1, 2]"},
		{"unknown rank", New(func(*MaxPool3D) {}), nil, "[?]"},
	} {
		out, err := c.spec.Output([]shape.Shape{c.in})
		if err != nil || out.String() != c.want {
			t.Errorf("%s: %v gives %v, %v, want %s", c.name, c.in, out, err, c.want)
		}
	}
}

func TestWindowRefuses(t *testing.T) {
	const channelAxis = "give the volumes a channel axis in front of the model: reshape: {expand_dims: -1}"
	for _, r := range []refusal{
		{
			"kernel too long", convolution(func(c *Conv3D) { c.KernelSize = [3]int{3, 5, 3} }), single(10, 3, 10, 1),
			shape.TooSmall, []string{"kernel_size", "padding"}, 1, "floor((3 - 5) / 1) + 1 = -1; the smallest height that the kernel fits is 5", "use padding: same",
		},
		{
			"dilated kernel too long", convolution(func(c *Conv3D) { c.KernelSize, c.DilationRate = [3]int{3, 3, 3}, [3]int{1, 1, 4} }), single(8, 8, 8, 1),
			shape.TooSmall, []string{"kernel_size", "dilation_rate", "padding"}, 2, "floor((8 - 9) / 1) + 1 = 0; the smallest width that the kernel fits is 9", "use padding: same",
		},
		{
			"window too long, with strides", New(func(m *MaxPool3D) { m.PoolSize = [3]int{4, 2, 2} }), single(1, 8, 8, 1),
			shape.TooSmall, []string{"pool_size", "padding"}, 0, "floor((1 - 4) / 4) + 1 = 0; the smallest depth that the window fits is 4", "use padding: same",
		},
		{
			"no channel axis", New(func(*AveragePool3D) {}), single(31, 31, 31),
			shape.MissingChannel, nil, -1, "an example has 3 axes, not 4", channelAxis,
		},
		{
			"no channel axis for conv3d", convolution(func(*Conv3D) {}), single(31, 31, 31),
			shape.MissingChannel, nil, -1, "an example has 3 axes, not 4", channelAxis,
		},
		{
			"vector", convolution(func(*Conv3D) {}), single(128),
			shape.WrongRank, nil, -1, "an example has 1 axis, not 4", "move it above the layer that removes the spatial axes, or reshape its input to [D, H, W, C]",
		},
		{
			"too many axes", New(func(*GlobalMaxPool3D) {}), single(2, 3, 4, 5, 6),
			shape.WrongRank, nil, -1, "an example has 5 axes, not 4", "reshape its input to [D, H, W, C]",
		},
		{
			"strides of 0", convolution(func(c *Conv3D) { c.Strides[1] = 0 }), single(8, 8, 8, 1),
			shape.Setting, []string{"strides"}, 1, "0 < 1", "make strides at least 1",
		},
		{
			"a dilation that no number holds", convolution(func(c *Conv3D) { c.DilationRate[0] = math.MaxInt }), single(8, 8, 8, 1),
			shape.Setting, []string{"dilation_rate"}, 0, "9223372036854775807 > 16777216", "make dilation_rate no longer than a volume",
		},
		{
			"strides and dilation", convolution(func(c *Conv3D) { c.Strides, c.DilationRate = [3]int{2, 1, 1}, [3]int{1, 2, 1} }), single(8, 8, 8, 1),
			shape.Setting, []string{"dilation_rate", "strides"}, -1, "strides [2, 1, 1] and dilation_rate [1, 2, 1] are both above 1", "leave one of them at 1",
		},
		{
			"groups do not divide the filters", convolution(func(c *Conv3D) { c.Filters, c.Groups = 6, 4 }), single(8, 8, 8, 4),
			shape.Indivisible, []string{"filters", "groups"}, -1, "6 mod 4 = 2", "use 8 filters, or other groups",
		},
		{
			"groups do not divide the channels", convolution(func(c *Conv3D) { c.Filters, c.Groups = 8, 4 }), single(8, 8, 8, 6),
			shape.Indivisible, []string{"groups"}, 3, "6 mod 4 = 2", "use groups: 2",
		},
	} {
		r.check(t)
	}
}

// The padding of "same" goes evenly to both ends, the odd one behind.
func TestPaddingInFront(t *testing.T) {
	for _, c := range []struct{ size, stride, dilation, in, front int }{
		{3, 1, 1, 8, 1}, {2, 1, 1, 8, 0}, {4, 1, 1, 8, 1}, {5, 1, 1, 2, 2}, {3, 2, 1, 8, 0}, {3, 2, 1, 7, 1}, {3, 1, 2, 8, 2}, {1, 3, 1, 8, 0}, {7, 1, 1, 1, 3},
	} {
		w := &window{size: [3]int{c.size}, strides: [3]int{c.stride}, dilations: [3]int{c.dilation}, padding: same}
		out := (c.in + c.stride - 1) / c.stride
		if got := w.front(0, c.in, out); got != c.front {
			t.Errorf("%+v: %d in front, want %d", c, got, c.front)
		}
	}
}
