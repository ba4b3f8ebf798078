package layers

import (
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// What is put around a volume and cut off again leaves it as it was.
func TestCropTakesOffWhatPaddingPutsOn(t *testing.T) {
	ends := [3][2]int{{1, 2}, {0, 3}, {4, 0}}
	x := tensor.New[float32](2, 3, 2, 4, 5)
	wave(x.Data, 1, 0.3)
	padded := alone[float32](t, New(func(z *ZeroPad3D) { z.Padding = ends }), 3, 2, 4, 5).Forward(&nn.Pass[float32]{}, x, 1)
	var sum, want float64
	for _, v := range padded.Data {
		sum += float64(v)
	}
	for _, v := range x.Data {
		want += float64(v)
	}
	if !slices.Equal(padded.Shape, []int{2, 6, 5, 8, 5}) || sum != want {
		t.Errorf("the padded volumes are %v with the sum %g, want %g", padded.Shape, sum, want)
	}
	cropped := alone[float32](t, New(func(c *Crop3D) { c.Cropping = ends }), 6, 5, 8, 5).Forward(&nn.Pass[float32]{}, padded, 1)
	if !slices.Equal(cropped.Shape, x.Shape) || !slices.Equal(cropped.Data, x.Data) {
		t.Error("cropping the padding off changes the volumes")
	}
}

func TestEndsOfAxes(t *testing.T) {
	depth := shape.Symbol("depth")
	pad := func(ends ...[2]int) *ZeroPad3D {
		return New(func(z *ZeroPad3D) { z.Padding = [3][2]int(ends) })
	}
	crop := func(ends ...[2]int) *Crop3D { return New(func(c *Crop3D) { c.Cropping = [3][2]int(ends) }) }
	for _, c := range []struct {
		spec nn.Spec
		in   shape.Shape
		want string
	}{
		// Keras' documentation of ZeroPadding3D and Cropping3D
		{pad([2]int{2, 2}, [2]int{2, 2}, [2]int{2, 2}), shape.New(1, 2, 2, 3), "[5, 6, 6, 3]"},
		{crop([2]int{2, 2}, [2]int{4, 4}, [2]int{2, 2}), shape.New(28, 28, 10, 3), "[24, 20, 6, 3]"},
		{New(func(*ZeroPad3D) {}), shape.New(1, 2, 2, 3), "[3, 4, 4, 3]"},
		{New(func(*Crop3D) {}), shape.Shape{depth, shape.Of(4), shape.Of(3), shape.Of(1)}, "[depth-2, 2, 1, 1]"},
		{pad([2]int{0, 3}, [2]int{}, [2]int{1, 0}), shape.Shape{depth, shape.Of(4), shape.Of(3), shape.Of(1)}, "[depth+3, 4, 4, 1]"},
		{New(func(*Crop3D) {}), nil, "[?]"},
	} {
		if out, err := c.spec.Output([]shape.Shape{c.in}); err != nil || out.String() != c.want {
			t.Errorf("%T of %v is %v, %v, want %s", c.spec, c.in, out, err, c.want)
		}
	}
	for _, r := range []refusal{
		{
			"all of it", crop([2]int{1, 1}, [2]int{2, 3}, [2]int{1, 1}), single(8, 5, 8, 1), shape.TooSmall, []string{"cropping"}, 1,
			"5 - 2 - 3 = 0; the smallest height that leaves a voxel is 6", "cut fewer voxels off the height",
		},
		{
			"less than nothing", crop([2]int{-1, 1}, [2]int{}, [2]int{}), single(8, 5, 8, 1), shape.Setting, []string{"cropping"}, 0, "-1 < 0", "make cropping at least 0",
		},
		{
			"more than any volume", pad([2]int{}, [2]int{}, [2]int{0, 1 << 25}), single(8, 5, 8, 1), shape.Setting, []string{"padding"}, 2,
			"33554432 > 16777216", "make padding no longer than a volume",
		},
		{"a vector", pad([2]int{}, [2]int{}, [2]int{}), single(8), shape.WrongRank, nil, -1, "an example has 1 axis, not 4", "move it above the layer that removes the spatial axes, or reshape its input to [D, H, W, C]"},
	} {
		r.check(t)
	}
}
