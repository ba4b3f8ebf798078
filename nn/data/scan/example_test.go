package scan_test

import (
	"math"
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
)

func TestConstant(t *testing.T) {
	for _, c := range []struct {
		values []float32
		want   bool
	}{{[]float32{3, 3, 3}, true}, {[]float32{3, 3, 4}, false}, {[]float32{3, 3, float32(math.NaN())}, false}, {[]float32{-2}, true}} {
		found := result(t, data.NewMemory([]int{len(c.values), 1}, c.values), scan.Settings{}, 1).Whole(0)
		if found.Constant() != c.want || c.want && found.Deviation() != 0 {
			t.Errorf("%v: constant %t with a deviation of %g", c.values, found.Constant(), found.Deviation())
		}
	}
}

// TestJoined: bounds that two examples share are counted in both, the further of
// two alone, and an example without a finite value changes nothing.
func TestJoined(t *testing.T) {
	nan := float32(math.NaN())
	s := data.NewMemory([]int{3, 1}, []float32{1, 1, 4, 1, 2, 4, 0, 3, 3, nan, nan, nan})
	r := result(t, s, scan.Settings{}, 1)
	for _, c := range []struct {
		examples             []int
		count, atMin, atMax  int
		min, max, mean, abso float64
	}{
		{[]int{0, 1}, 6, 3, 2, 1, 4, 13. / 6, 13. / 6},
		{[]int{0, 2}, 6, 1, 1, 0, 4, 2, 2},
		{[]int{2, 0}, 6, 1, 1, 0, 4, 2, 2},
		{[]int{3, 0}, 3, 2, 1, 1, 4, 2, 2},
		{[]int{0, 3}, 3, 2, 1, 1, 4, 2, 2},
		{[]int{3}, 0, 0, 0, 0, 0, 0, 0},
	} {
		got := r.OverAll(c.examples)
		if got.Count != c.count || got.AtMin != c.atMin || got.AtMax != c.atMax || got.Min != c.min || got.Max != c.max ||
			math.Abs(got.Mean-c.mean) > 1e-12 || math.Abs(got.MeanAbs-c.abso) > 1e-12 {
			t.Errorf("%v: got %+v", c.examples, got)
		}
	}
}
