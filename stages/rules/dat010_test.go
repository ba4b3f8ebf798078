package rules_test

import (
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestDAT010FindsChannelsThatSayNothing(t *testing.T) {
	two := func(second func(example, k int) float32) voxels {
		v := voxels{sizes: []int{2, 2, 2, 2}}
		for example := range 3 {
			for k := range 8 {
				v.values = append(v.values, float32(example*8+k), second(example, k))
			}
		}
		return v
	}
	for _, c := range []struct {
		name string
		v    voxels
		want []string
	}{
		{"two channels of their own", two(func(example, k int) float32 { return float32(k * k) }), nil},
		{"a constant", two(func(int, int) float32 { return 4 }), []string{"channel 1 is 4 everywhere"}},
		{"one voxel of one example differs", two(func(example, k int) float32 {
			if example == 2 && k == 7 {
				return 5
			}
			return 4
		}), nil},
		{"a copy", two(func(example, k int) float32 { return float32(example*8 + k) }), []string{"channel 1 is the same as channel 0"}},
		{"a copy in all examples but one", two(func(example, k int) float32 {
			if example == 1 && k == 0 {
				return -1
			}
			return float32(example*8 + k)
		}), nil},
	} {
		if got := labels(seen(t, rules.DAT010, c.v)); !slices.Equal(got, append([]string{}, c.want...)) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	// What is validated on does not make a channel worth anything.
	v := two(func(example, k int) float32 { return float32(example / 2 * k) })
	v.training = 2
	if got := labels(seen(t, rules.DAT010, v)); !slices.Equal(got, []string{"channel 1 is 0 everywhere"}) {
		t.Errorf("constant in training: %q", got)
	}
}

func TestDAT010IsQuietAboutASingleChannel(t *testing.T) {
	if got := seen(t, rules.DAT010, voxels{sizes: []int{2, 2, 2, 1}, values: make([]float32, 16)}); got != nil {
		t.Errorf("got %q", labels(got))
	}
}
