package layers

import (
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

// enlarging is a conv3d_transpose of cubes: its settings are the same along all
// axes.
func enlarging(size, strides int, padding string, output, dilation int) *Conv3DTranspose {
	return New(func(c *Conv3DTranspose) {
		c.Filters, c.Padding = 2, padding
		c.KernelSize, c.Strides, c.DilationRate = [3]int{size, size, size}, [3]int{strides, strides, strides}, [3]int{dilation, dilation, dilation}
		if output >= 0 {
			c.OutputPadding = &[3]int{output, output, output}
		}
	})
}

// The sizes that Keras' own tests expect, and those of its formula.
func TestTransposedSizes(t *testing.T) {
	depth := shape.Symbol("depth")
	const none = -1
	for _, c := range []struct {
		unit *Conv3DTranspose
		in   shape.Shape
		want string
	}{
		// keras/src/layers/convolutional/conv_transpose_test.py
		{enlarging(2, 2, valid, none, 1), shape.New(8, 8, 8, 4), "[16, 16, 16, 2]"},
		{enlarging(2, 3, same, 2, 1), shape.New(8, 8, 8, 4), "[23, 23, 23, 2]"},
		{New(func(c *Conv3DTranspose) { c.Filters, c.KernelSize, c.Strides = 6, [3]int{2, 2, 3}, [3]int{2, 1, 2} }), shape.New(8, 8, 8, 4), "[16, 9, 17, 6]"},
		{enlarging(7, 16, valid, none, 1), shape.New(14, 14, 14, 2), "[224, 224, 224, 2]"},
		// (n - 1)·s + k + output_padding, and (n - 1)·s + k mod 2 + output_padding
		{enlarging(3, 2, valid, 1, 1), shape.New(5, 4, 1, 1), "[12, 10, 4, 2]"},
		{enlarging(3, 2, same, 0, 1), shape.New(5, 4, 1, 1), "[9, 7, 1, 2]"},
		{enlarging(3, 2, same, 1, 1), shape.New(5, 4, 1, 1), "[10, 8, 2, 2]"},
		{enlarging(4, 2, same, 0, 1), shape.New(5, 4, 2, 1), "[8, 6, 2, 2]"},
		{enlarging(3, 1, valid, none, 2), shape.New(5, 4, 1, 1), "[9, 8, 5, 2]"},
		{enlarging(3, 1, same, none, 2), shape.New(5, 4, 1, 1), "[5, 4, 1, 2]"},
		{enlarging(2, 2, valid, none, 1), shape.Shape{depth, shape.Of(4), shape.Of(4), shape.Of(1)}, "[2×depth, 8, 8, 2]"},
		{enlarging(3, 2, valid, none, 1), shape.Shape{depth, shape.Of(4), shape.Of(4), shape.Of(1)}, "[2×depth+1, 9, 9, 2]"},
		{enlarging(3, 2, valid, none, 1), nil, "[?]"},
	} {
		out, err := c.unit.Output([]shape.Shape{c.in})
		if err != nil || out.String() != c.want {
			t.Errorf("%+v: %v gives %v, %v, want %s", c.unit, c.in, out, err, c.want)
		}
	}
}

// A transposed convolution leads back to the sizes from which a convolution with
// the same settings came, with padding "same" and a right output_padding.
func TestTransposedLeadsBack(t *testing.T) {
	for _, padding := range []string{valid, same} {
		for size := 1; size <= 4; size++ {
			for strides := 1; strides <= 4; strides++ {
				for length := size; length < 12; length++ {
					there, err := New(func(c *Conv3D) {
						c.Filters, c.Padding, c.KernelSize, c.Strides = 1, padding, [3]int{size, size, size}, [3]int{strides, strides, strides}
					}).Output(single(length, length, length, 1))
					if err != nil {
						t.Fatal(err)
					}
					found := false
					for output := range strides {
						back, err := enlarging(size, strides, padding, output, 1).Output([]shape.Shape{there})
						found = found || err == nil && back[0].Is(length)
					}
					// An even kernel cannot leave a rest of a whole stride with "same".
					if !found && !(padding == same && size%2 == 0 && length%strides == 0) {
						t.Errorf("padding %s, kernel %d, strides %d: no output_padding leads from %v back to %d", padding, size, strides, there, length)
					}
				}
			}
		}
	}
}

func TestTransposedRefuses(t *testing.T) {
	for _, r := range []refusal{
		{
			"output_padding of a whole stride", enlarging(3, 2, same, 2, 1), single(4, 4, 4, 1), shape.Setting, []string{"output_padding", "strides"}, 0,
			"2 is not in 0 to 1 along the depth", "make output_padding smaller, or leave it out",
		},
		{
			"nothing left", enlarging(2, 2, same, 0, 1), single(3, 1, 3, 1), shape.TooSmall, []string{"output_padding", "padding"}, 1,
			"(1 - 1) × 2 + 0 + 0 = 0 with padding same and a kernel that spans 2", "leave output_padding out",
		},
		{
			"strides and dilation", enlarging(2, 2, same, -1, 2), single(3, 3, 3, 1), shape.Setting, []string{"dilation_rate", "strides"}, -1,
			"strides [2, 2, 2] and dilation_rate [2, 2, 2] are both above 1", "leave one of them at 1",
		},
		{
			"longer than any volume", enlarging(1, 1<<20, valid, -1, 1), single(32, 1, 1, 1), shape.Setting, []string{"strides"}, 0,
			"33554432 > 16777216", "make strides smaller",
		},
		{
			"a vector", enlarging(2, 2, valid, -1, 1), single(12), shape.WrongRank, nil, -1,
			"an example has 1 axis, not 4", "move it above the layer that removes the spatial axes, or reshape its input to [D, H, W, C]",
		},
		{
			"no filters", New(func(c *Conv3DTranspose) { c.KernelSize = [3]int{1, 1, 1} }), single(3, 3, 3, 1), shape.Setting, []string{"filters"}, -1,
			"0 < 1", "make filters at least 1",
		},
	} {
		r.check(t)
	}
}

// Keras' layout of the kernel, which glorot_uniform reads as it stands.
func TestTransposedCounts(t *testing.T) {
	graph, refusals := nn.Resolve(shape.New(4, 6, 5, 3), []nn.Item{{ID: "up", Unit: enlarging(3, 2, same, -1, 1)}})
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	weights := graph.Last().Spec.Weights(graph.InputsOf(graph.Last()))
	if !weights[0].Shape.Equal(shape.New(3, 3, 3, 2, 3)) || !weights[1].Shape.Equal(shape.New(2)) {
		t.Errorf("the weights are %v and %v", weights[0].Shape, weights[1].Shape)
	}
	if macs := graph.MACs(graph.Last()); !macs.Is(4 * 6 * 5 * 3 * 27 * 2) {
		t.Errorf("%s multiply-adds", macs)
	}
}
