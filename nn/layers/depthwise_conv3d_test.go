package layers

import (
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

func TestDepthwiseSizes(t *testing.T) {
	// keras/src/layers/convolutional/depthwise_conv_test.py, with a third axis
	for _, c := range []struct {
		unit *DepthwiseConv3D
		in   shape.Shape
		want string
	}{
		{New(func(c *DepthwiseConv3D) { c.KernelSize, c.DepthMultiplier = [3]int{2, 2, 2}, 5 }), shape.New(5, 5, 5, 4), "[4, 4, 4, 20]"},
		{New(func(c *DepthwiseConv3D) {
			c.KernelSize, c.DepthMultiplier, c.Padding, c.DilationRate = [3]int{2, 2, 2}, 6, same, [3]int{2, 2, 2}
		}), shape.New(4, 4, 4, 4), "[4, 4, 4, 24]"},
		{New(func(c *DepthwiseConv3D) {
			c.KernelSize, c.DepthMultiplier, c.Strides = [3]int{2, 2, 2}, 6, [3]int{2, 2, 2}
		}), shape.New(5, 5, 5, 4), "[2, 2, 2, 24]"},
		{depthwise(func(c *DepthwiseConv3D) { c.DepthMultiplier = 2 }), shape.Shape{shape.Of(4), shape.Of(5), shape.Of(3), shape.Symbol("c")}, "[3, 3, 2, 2×c]"},
	} {
		if out, err := c.unit.Output([]shape.Shape{c.in}); err != nil || out.String() != c.want {
			t.Errorf("%v gives %v, %v, want %s", c.in, out, err, c.want)
		}
	}
	graph, _ := nn.Resolve(shape.New(4, 5, 3, 6), []nn.Item{{ID: "d", Unit: depthwise(func(c *DepthwiseConv3D) { c.DepthMultiplier = 2 })}})
	weights := graph.Last().Spec.Weights(graph.InputsOf(graph.Last()))
	if !weights[0].Shape.Equal(shape.New(2, 3, 2, 6, 2)) || !weights[1].Shape.Equal(shape.New(12)) {
		t.Errorf("the weights are %v and %v", weights[0].Shape, weights[1].Shape)
	}
	if macs := graph.MACs(graph.Last()); !macs.Is(3 * 3 * 2 * 12 * 12) {
		t.Errorf("%s multiply-adds", macs)
	}
	for _, r := range []refusal{
		{"no kernel for a channel", depthwise(func(c *DepthwiseConv3D) { c.DepthMultiplier = 0 }), single(4, 5, 3, 6), shape.Setting, []string{"depth_multiplier"}, -1, "0 < 1", "make depth_multiplier at least 1"},
		{
			"a kernel too long", depthwise(func(c *DepthwiseConv3D) { c.KernelSize[2] = 4 }), single(4, 5, 3, 6), shape.TooSmall, []string{"kernel_size", "padding"}, 2,
			"floor((3 - 4) / 1) + 1 = 0; the smallest width that the kernel fits is 4", "use padding: same",
		},
	} {
		r.check(t)
	}
}
