package layers

import (
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// The numbers of keras/src/layers/reshaping/up_sampling3d_test.py.
func TestUpSampleGivesKerasNumbers(t *testing.T) {
	x := tensor.New[float32](2, 1, 2, 1, 3)
	for i := range x.Data {
		x.Data[i] = float32(i)
	}
	y := alone[float32](t, New(func(*UpSample3D) {}), 1, 2, 1, 3).Forward(&nn.Pass[float32]{}, x, 1)
	var want []float32
	for example := range 2 {
		for range 2 {
			for row := range 4 {
				first := float32(6*example + 3*(row/2))
				for range 2 {
					want = append(want, first, first+1, first+2)
				}
			}
		}
	}
	if !slices.Equal(y.Shape, []int{2, 2, 4, 2, 3}) || !slices.Equal(y.Data, want) {
		t.Errorf("%v becomes %v %v", x.Data, y.Shape, y.Data)
	}
}

func TestUpSampleSizes(t *testing.T) {
	depth := shape.Symbol("depth")
	up := func(size ...int) *UpSample3D { return New(func(u *UpSample3D) { u.Size = [3]int(size) }) }
	for _, c := range []struct {
		unit nn.Spec
		in   shape.Shape
		want string
	}{
		{up(2, 2, 3), shape.New(10, 11, 12, 2), "[20, 22, 36, 2]"},
		{up(1, 2, 2), shape.Shape{depth, depth, shape.Of(3), shape.Symbol("c")}, "[depth, 2×depth, 6, c]"},
		{up(2, 2, 2), nil, "[?]"},
	} {
		if out, err := c.unit.Output([]shape.Shape{c.in}); err != nil || out.String() != c.want {
			t.Errorf("%v gives %v, %v, want %s", c.in, out, err, c.want)
		}
	}
	for _, r := range []refusal{
		{"no channel axis", up(2, 2, 2), single(3, 3, 3), shape.MissingChannel, nil, -1, "an example has 3 axes, not 4", "give the volumes a channel axis in front of the model: reshape: {expand_dims: -1}"},
		{"less than once", up(2, 0, 2), single(3, 3, 3, 1), shape.Setting, []string{"size"}, -1, "0 < 1", "make size at least 1"},
		{"longer than any number", up(1, math.MaxInt, 1), single(3, 3, 3, 1), shape.Setting, []string{"size"}, 1, "9223372036854775807 > 16777216", "make size smaller"},
	} {
		r.check(t)
	}
}
