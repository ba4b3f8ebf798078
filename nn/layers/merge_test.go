package layers

import (
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

func TestMergeOutput(t *testing.T) {
	add, join := New(func(*Add) {}), New(func(*Concatenate) {})
	depth := shape.Symbol("depth")
	for _, c := range []struct {
		spec nn.Spec
		in   []shape.Shape
		want string
	}{
		{add, []shape.Shape{shape.New(4, 2), shape.New(4, 2)}, "[4, 2]"},
		{add, []shape.Shape{{depth, shape.Of(2)}, shape.New(4, 2)}, "[4, 2]"},
		{add, []shape.Shape{nil, shape.New(4, 2)}, "[?]"},
		{add, []shape.Shape{shape.New(4, 5, 6, 2), shape.New(1, 1, 1, 2)}, "[4, 5, 6, 2]"},
		{add, []shape.Shape{shape.New(4, 1, 6, 1), shape.New(1, 5, 1, 2), shape.New(2)}, "[4, 5, 6, 2]"},
		{add, []shape.Shape{shape.New(2), shape.New(4, 5, 6, 2)}, "[4, 5, 6, 2]"},
		{add, []shape.Shape{shape.New(), shape.New(4, 2)}, "[4, 2]"},
		{add, []shape.Shape{{depth, shape.Of(2)}, shape.New(1, 2)}, "[depth, 2]"},
		{add, []shape.Shape{{depth, shape.Of(2)}, {depth.Plus(-2), shape.Of(2)}}, "[depth, 2]"},
		{add, []shape.Shape{{depth, shape.Of(2)}, {shape.Symbol("height"), shape.Of(2)}}, "[max(depth, height), 2]"},
		{add, []shape.Shape{nil, nil}, "[?]"},
		{join, []shape.Shape{shape.New(4, 2), shape.New(4, 3), shape.New(4, 1)}, "[4, 6]"},
		{join, []shape.Shape{{depth, shape.Of(2)}, {shape.Of(4), shape.Symbol("c")}}, "[4, c+2]"},
		{join, []shape.Shape{nil, shape.New(4, 2)}, "[?]"},
		{New(func(c *Concatenate) { c.Axis = 1 }), []shape.Shape{shape.New(4, 2), {depth, shape.Of(2)}}, "[depth+4, 2]"},
	} {
		out, err := c.spec.Output(c.in)
		if err != nil || out.String() != c.want {
			t.Errorf("%T of %v is %v, %v, want %s", c.spec, c.in, out, err, c.want)
		}
	}
}

func TestMergeRefuses(t *testing.T) {
	from := []string{"from"}
	add := New(func(*Add) {})
	const unify = "bring them to one shape before they are joined"
	for _, r := range []refusal{
		{"one input", add, single(4, 2), shape.Setting, from, -1, "1 < 2", "name them: from: [a, b]"},
		{"another size", add, []shape.Shape{shape.New(8, 8, 8, 2), shape.New(8, 4, 8, 2)}, shape.Disagree, from, 1, "height: 8 ≠ 4", unify},
		{
			"other channels", add, []shape.Shape{shape.New(8, 8, 8, 2), shape.New(8, 8, 8, 3)}, shape.Disagree, from, 3, "channel: 2 ≠ 3",
			"give both the same number of channels, with conv3d or dense, or join them with concatenate",
		},
		{"another rank", add, []shape.Shape{shape.New(8, 2), shape.New(8)}, shape.Disagree, from, 1, "axis 2: 2 ≠ 8", "give both the same number of channels, with conv3d or dense, or join them with concatenate"},
		{"the third", add, []shape.Shape{shape.New(8, 1), shape.New(1, 2), shape.New(4, 2)}, shape.Disagree, from, 0, "axis 1: 8 ≠ 4", unify},
		{"another rank to concatenate", New(func(*Concatenate) {}), []shape.Shape{shape.New(8, 2), shape.New(2)}, shape.Disagree, from, -1, "an example has 2 axes in one and 1 axis in another", unify},
		{"a size of 1 to concatenate", New(func(*Concatenate) {}), []shape.Shape{shape.New(8, 2), shape.New(1, 2)}, shape.Disagree, from, 0, "axis 1: 8 ≠ 1", unify},
		{"three to subtract", New(func(*Subtract) {}), []shape.Shape{shape.New(8), shape.New(8), shape.New(8)}, shape.Setting, from, -1, "3 inputs, not 2", "name two inputs"},
		{"another size beside the axis", New(func(*Concatenate) {}), []shape.Shape{shape.New(8, 2), shape.New(4, 2)}, shape.Disagree, from, 0, "axis 1: 8 ≠ 4", unify},
		{
			"the batch", New(func(c *Concatenate) { c.Axis = 0 }), []shape.Shape{shape.New(8, 2), shape.New(8, 2)}, shape.Setting, []string{"axis"}, -1,
			"the axes of [N, 8, 2] are 0 to 2, or -1 to -3 from the end", "use axis: -1, the last one",
		},
	} {
		r.check(t)
	}
}

func TestAxes(t *testing.T) {
	const last = "use axis: -1, the last one"
	for _, r := range []refusal{
		{"softmax over the batch", New(func(s *Softmax) { s.Axis = -3 }), single(8, 2), shape.Setting, []string{"axis"}, -1, "the axes of [N, 8, 2] are 0 to 2, or -1 to -3 from the end", last},
		{"softmax over no axis", New(func(s *Softmax) { s.Axis = 3 }), single(8, 2), shape.Setting, []string{"axis"}, -1, "the axes of [N, 8, 2] are 0 to 2, or -1 to -3 from the end", last},
		{"prelu shared over no axis", New(func(p *PReLU) { p.SharedAxes = []int{1, 4} }), single(8, 2), shape.Setting, []string{"shared_axes"}, -1, "the axes of [N, 8, 2] are 0 to 2, or -1 to -3 from the end", "use axes from 1 to 2"},
		{"batch_norm of a number", New(func(*BatchNorm) {}), single(), shape.WrongRank, nil, -1, "an example has 0 axes", "put reshape: {target_shape: [1]} in front of it"},
	} {
		r.check(t)
	}
}
