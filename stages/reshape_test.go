package stages

import (
	"testing"

	"github.com/voxelpipe/pipe/nn/shape"
)

func TestReshapeSizes(t *testing.T) {
	unknown := volumes()
	unknown.examples = shape.Symbol("N")
	unknown.sizes = shape.Shape{shape.Symbol("depth"), shape.Of(64), shape.Of(64)}
	nothing := volumes()
	nothing.names = ""
	for _, c := range []struct {
		from         *given
		stage, shows string
	}{
		{volumes(), "reshape: {to: [10, 64, 64, 1]}", "[depth 10, height 64, width 64, channel 1]"},
		{volumes(), "reshape: {expand_dims: -1}", "[depth 10, height 64, width 64, channel 1]"},
		{volumes(), "reshape: {expand_dims: 3}", "[depth 10, height 64, width 64, channel 1]"},
		{volumes(), "reshape: {expand_dims: 0}", "[channel 1, depth 10, height 64, width 64]"},
		{volumes(), "reshape: {to: [-1]}", "[axis 1 40960]"},
		{volumes(), "reshape: {to: [-1, 64, 64, 1]}", "[depth 10, height 64, width 64, channel 1]"},
		{volumes(), "reshape: {to: [10, 32, 2, 64]}", "[depth 10, height 32, axis 3 2, width 64]"},
		{volumes(), "reshape: {to: [20, 32, 64]}", "[axis 1 20, axis 2 32, width 64]"},
		{unknown, "reshape: {to: [-1, 64, 64, 1]}", "[depth depth, height 64, width 64, channel 1]"},
		{unknown, "reshape: {to: [-1, 32]}", "[axis 1 128×depth, axis 2 32]"},
		{unknown, "reshape: {to: [10, 64, 64, 1]}", "[depth 10, height 64, width 64, channel 1]"},
		{nothing, "reshape: {to: [10, 64, 64, 1]}", "[depth 10, height 64, width 64, channel 1]"},
		{nothing, "reshape: {expand_dims: -1}", "[]"},
	} {
		if got := named(gives(t, c.from, false, c.stage).Axes); got != c.shows {
			t.Errorf("%s: got %s, want %s", c.stage, got, c.shows)
		}
	}
	if got := named(gives(t, volumes(), false, "reshape: {expand_dims: -1}", "reshape: {squeeze: -1}").Axes); got != "[depth 10, height 64, width 64]" {
		t.Errorf("squeezing what was expanded: %s", got)
	}
}

func TestReshapeRefuses(t *testing.T) {
	unknown := volumes()
	unknown.examples = shape.Symbol("N")
	for _, c := range []struct {
		from                 *given
		stage, code, pattern string
	}{
		{volumes(), "reshape: {to: [64, 64]}", "SHP019", `\[64, 64\] has 4096 values, an example has 40960.*10 × 64 × 64 = 40960.*-1`},
		{volumes(), "reshape: {to: [100, 10, 64, 64, 1]}", "SHP019", `\[4: there are 100 examples\].*starts with 100.*help: leave the number of examples out: to: \[10, 64, 64, 1\]`},
		{unknown, "reshape: {to: [50, 10, 64, 64]}", "SHP019", `help: leave the number of examples out: to: \[10, 64, 64\]`},
		{volumes(), "reshape: {to: [-1, 10, 64, 64, 1]}", "SHP019", `-1 in front.*help: .*\[10, 64, 64, 1\]`},
		{volumes(), "reshape: {to: [-1, 7]}", "SHP019", `40960 / 7`},
		{volumes(), "reshape: {to: [-1, -1]}", "YML122", "two sizes are -1"},
		{volumes(), "reshape: {to: [0, 5]}", "YML122", "size of 0"},
		{volumes(), "reshape: {to: []}", "YML122", "empty"},
		{volumes(), "reshape: {expand_dims: 4}", "YML122", `no place 4.*-4 to 3`},
		{volumes(), "reshape: {squeeze: 3}", "YML122", `no axis 3`},
		{volumes(), "reshape: {squeeze: 1}", "SHP019", `has 64 values, not 1`},
		{volumes(), "reshape: {squeeze: 1, to: [-1]}", "YML008", `squeeze`},
		{volumes(), "reshape", "YML007", `expand_dims`},
	} {
		refused(t, c.from, false, c.code, c.pattern, c.stage)
	}
}

func TestReshapeRun(t *testing.T) {
	g := holding(1, 2, 3, 4, 5, 6, 7, 8)
	g.examples, g.sizes = shape.Of(2), shape.New(4)
	v := mustRun(t, g, "reshape: {to: [2, -1]}")
	if got := v.Source.Shape(); len(got) != 2 || got[0] != 2 || got[1] != 2 {
		t.Errorf("shape %v", got)
	}
	if got := values(t, v); got[5] != 6 {
		t.Errorf("values %v", got)
	}
}
