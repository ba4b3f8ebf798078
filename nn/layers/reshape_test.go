package layers

import (
	"testing"

	"github.com/voxelpipe/pipe/nn/shape"
)

func reshapeTo(sizes ...int) *Reshape { return New(func(r *Reshape) { r.TargetShape = sizes }) }

func TestReshapeOutput(t *testing.T) {
	n := shape.Symbol("n")
	for _, c := range []struct {
		to   []int
		in   shape.Shape
		want string
	}{
		{[]int{4, 6}, shape.New(2, 3, 4), "[4, 6]"},
		{[]int{-1}, shape.New(2, 3, 4), "[24]"},
		{[]int{3, -1, 2}, shape.New(2, 3, 4), "[3, 4, 2]"},
		{[]int{-1, 8}, shape.Shape{n, shape.Of(64)}, "[8×n, 8]"},
		{[]int{-1, 7}, shape.Shape{n, shape.Of(64)}, "[floor(n/7)+9×n, 7]"},
		{[]int{64, 2}, shape.Shape{n, shape.Of(64)}, "[64, 2]"},
		{[]int{4, 6}, nil, "[4, 6]"},
		{[]int{4, -1}, nil, "[?]"},
		{[]int{1}, shape.New(), "[1]"},
	} {
		out, err := reshapeTo(c.to...).Output([]shape.Shape{c.in})
		if err != nil || out.String() != c.want {
			t.Errorf("%v to %v is %v, %v, want %s", c.in, c.to, out, err, c.want)
		}
	}
}

func TestReshapeRefuses(t *testing.T) {
	to := []string{"target_shape"}
	for _, r := range []refusal{
		{"another count", reshapeTo(4, 5), single(2, 3, 4), shape.ElementCount, to, -1, "2 × 3 × 4 = 24, but 4 × 5 = 20", "choose sizes whose product is 24, for example [2, 3, 4]"},
		{"another count of a vector", reshapeTo(4, 5), single(24), shape.ElementCount, to, -1, "24, but 4 × 5 = 20", "choose sizes whose product is 24"},
		{"not whole", reshapeTo(-1, 5), single(2, 3, 4), shape.ElementCount, to, -1, "2 × 3 × 4 = 24, and 24 / 5 is not whole", "choose sizes whose product is 24, for example [2, 3, 4]"},
		{"too large for a number", reshapeTo(-1, 1<<40, 1<<40), single(2, 3, 4), shape.ElementCount, to, -1, "2 × 3 × 4 = 24, and 24 / 9223372036854775807 is not whole", "choose sizes whose product is 24, for example [2, 3, 4]"},
		{"two open sizes", reshapeTo(-1, 4, -1), single(24), shape.Setting, to, -1, "target_shape has it at axis 1 and 3", "write one of them as a number"},
		{"a size of 0", reshapeTo(4, 0), single(24), shape.Setting, to, -1, "0 < 1", "make every size at least 1, or one of them -1"},
	} {
		r.check(t)
	}
}
