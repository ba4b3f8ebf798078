package rules_test

import (
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/stages/rules"
)

func TestDAT017ComparesWithFloat16(t *testing.T) {
	for _, c := range []struct {
		dtype  pipeline.DType
		value  float32
		unread bool
		want   []string
	}{
		{"float16", 65504, false, []string{}},
		{"float16", 65505, false, []string{"the greatest value is 65505, float16 holds up to 65504"}},
		{"float16", -65504, false, []string{}},
		{"float16", -65505, false, []string{"the greatest value is 65505, float16 holds up to 65504"}},
		{"float32", 1e6, false, []string{}},
		{"float16", 1e6, true, []string{}}, // only what the model is given was read: it is infinite by then
	} {
		v := voxels{sizes: []int{1, 1, 2, 1}, values: []float32{0, 1, 2, c.value}, is: pipeline.Dataset{Steps: []pipeline.Step{{Kind: "reshape"}, {Kind: "cast", Does: "cast to " + string(c.dtype)}, {Kind: "normalize", Does: "z_score over example"}}}}
		if c.unread {
			v.change = func(s *rules.Scan) { s.Raw = nil }
		}
		if got := labels(seen(t, rules.DAT017, v)); !slices.Equal(got, c.want) {
			t.Errorf("%g as %s: %q, want %q", c.value, c.dtype, got, c.want)
		}
	}
}
