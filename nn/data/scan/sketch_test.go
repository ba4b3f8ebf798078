package scan_test

import (
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
)

// TestPercentiles keeps to the error that is documented.
func TestPercentiles(t *testing.T) {
	s := noise(4, 0, 10, 10, 10, 1)
	for i := range s.Values() {
		s.Values()[i] *= s.Values()[i] * s.Values()[i] * 1000
	}
	sorted := slices.Sorted(slices.Values(s.Values()))
	r := result(t, s, scan.Settings{Sketch: true}, 2)
	for _, percentage := range []float64{0, 0.5, 1, 25, 50, 75, 99.5, 100} {
		exact := float64(sorted[int(percentage/100*float64(len(sorted)-1))])
		if got := r.Percentile(0, 0, percentage); math.Abs(got-exact) > math.Abs(exact)/256 {
			t.Errorf("percentile %g: got %g, want %g", percentage, got, exact)
		}
	}
}

// TestPercentilesOfMany: where values are very many, some of them stand for all, and
// no column of the volumes is among them alone.
func TestPercentilesOfMany(t *testing.T) {
	const side, examples = 64, 10 // twenty times as many as are enough
	s := noise(examples, 0, side, side, side, 1)
	for i := range s.Values() {
		s.Values()[i] = float32(i % side) // each column has a value of its own
	}
	r := result(t, s, scan.Settings{Sketch: true}, 2)
	for _, percentage := range []float64{0, 1, 25, 50, 75, 99, 100} {
		exact := math.Trunc(percentage / 100 * (side - 1e-9))
		// A percentile between two columns may be either.
		if got := r.Percentile(0, 0, percentage); math.Abs(got-exact) > 1+exact/256 {
			t.Errorf("percentile %g: got %g, want %g", percentage, got, exact)
		}
	}
	for column := range side {
		if share := r.Between(0, 0, float64(column)-0.5, float64(column)+0.5); math.Abs(share-1./side) > 0.002 {
			t.Errorf("column %d is a share of %g, want %g", column, share, 1./side)
		}
	}
}

// TestPercentilesOfExtremes: the ends of float32, both zeros and what is not
// finite, which does not count.
func TestPercentilesOfExtremes(t *testing.T) {
	largest, zero := float32(math.MaxFloat32), float32(math.Copysign(0, -1))
	s := data.NewMemory([]int{5, 1}, []float32{-largest, zero, 0, float32(math.Inf(1)), largest})
	r := result(t, s, scan.Settings{Sketch: true}, 1)
	for _, c := range []struct{ percentage, want float64 }{{0, -math.MaxFloat32}, {49, 0}, {50, 0}, {100, math.MaxFloat32}} {
		if got := r.Percentile(0, 0, c.percentage); math.Abs(got-c.want) > math.Abs(c.want)/256 {
			t.Errorf("percentile %g: got %g, want %g", c.percentage, got, c.want)
		}
	}
	if share := r.Between(0, 0, -1, 1); share != 0.5 {
		t.Errorf("a share of %g lies from -1 to 1, want 2 of 4", share)
	}
}

// TestPercentilesWithoutValues: a group without examples has none.
func TestPercentilesWithoutValues(t *testing.T) {
	r := result(t, noise(2, 0, 3, 1), scan.Settings{Sketch: true, Groups: 2, Group: []int{1, 1}}, 1)
	if p := r.Percentile(0, 0, 50); !math.IsNaN(p) || r.Between(0, 0, -9, 9) != 0 {
		t.Errorf("the median of nothing is %g", p)
	}
	if p := r.Percentile(1, 0, 50); math.IsNaN(p) || r.Between(1, 0, -9, 9) != 1 {
		t.Errorf("the median is %g", p)
	}
}
