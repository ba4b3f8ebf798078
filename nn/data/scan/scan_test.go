package scan_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
)

// noise is examples of random numbers around an offset.
func noise(examples int, offset float64, sizes ...int) *data.Memory {
	random := rand.New(rand.NewPCG(7, 7))
	values := make([]float32, examples*data.Elements(sizes))
	for i := range values {
		values[i] = float32(offset + random.NormFloat64())
	}
	return data.NewMemory(sizes, values)
}

func result(t *testing.T, s data.Source, settings scan.Settings, threads int) *scan.Result {
	t.Helper()
	r, err := scan.Of(t.Context(), s, settings, threads)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestNumbers compares every number with plain loops over all values, for shapes
// whose axes are and are not multiples of the thumbnail's.
func TestNumbers(t *testing.T) {
	for _, sizes := range [][]int{{16, 16, 16, 1}, {5, 9, 11, 2}, {8, 8, 8}, {12}, {1, 1, 1, 1}, {3, 4, 2, 1, 2}} {
		s := noise(3, 1e4, sizes...)
		s.Values()[0] = s.Values()[len(s.Values())/3-1] // a value that occurs twice
		if len(sizes) == 3 {
			for i := range s.Values() { // 0 is the least, and has two spellings
				s.Values()[i] = max(s.Values()[i]-1e4, 0) * float32(1-i%2*2) * float32(1-i%2*2)
				if s.Values()[i] == 0 && i%3 == 0 {
					s.Values()[i] = float32(math.Copysign(0, -1))
				}
			}
		}
		r := result(t, s, scan.Settings{}, 2)
		var all []float64
		for i := range 3 {
			for c := range r.Channels {
				var values []float64
				for k := c; k < len(s.Example(i)); k += r.Channels {
					values = append(values, float64(s.Example(i)[k]))
				}
				compare(t, sizes, r.Examples[i].Channels[c], values)
				all = append(all, values...)
			}
		}
		compare(t, sizes, r.OverAll([]int{0, 1, 2}), all)
	}
}

func compare(t *testing.T, sizes []int, got scan.Channel, values []float64) {
	t.Helper()
	sum, absolute, squares := 0.0, 0.0, 0.0
	for _, v := range values {
		sum, absolute = sum+v, absolute+math.Abs(v)
	}
	mean := sum / float64(len(values))
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(1+math.Abs(b)) }
	count := func(of float64) (n int) {
		for _, v := range values {
			if v == of {
				n++
			}
		}
		return n
	}
	low, high := slices.Min(values), slices.Max(values)
	if got.Count != len(values) || got.Min != low || got.Max != high || got.AtMin != count(low) || got.AtMax != count(high) ||
		!near(got.Mean, mean) || !near(got.Squares, squares) || !near(got.MeanAbs, absolute/float64(len(values))) {
		t.Errorf("%v: got %+v, want mean %g squares %g of %d in %g..%g", sizes, got, mean, squares, len(values), low, high)
	}
}

func TestNotFinite(t *testing.T) {
	s := noise(2, 0, 4, 7, 9, 1)
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	s.Example(1)[100], s.Example(1)[101], s.Example(1)[200] = inf, nan, nan
	r := result(t, s, scan.Settings{Sketch: true}, 1)
	c := r.Whole(1)
	if c.NaN != 2 || c.Inf != 1 || c.First != 100 || c.Count != 4*7*9-3 || math.IsNaN(c.Mean+c.Squares+c.Min) || math.IsInf(c.Min, 0) {
		t.Errorf("got %+v", c)
	}
	if place := r.Place(100); !slices.Equal(place, []int{1, 4, 1, 0}) {
		t.Errorf("place %v", place)
	}
}

// TestThreads: what is found is the same for any number of threads.
func TestThreads(t *testing.T) {
	s := noise(17, 3, 9, 10, 11, 2)
	settings := scan.Settings{Sketch: true, Group: []int{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0}, Groups: 2}
	want := result(t, s, settings, 1)
	for _, threads := range []int{2, 3, 8} {
		got := result(t, s, settings, threads)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d threads find something else", threads)
		}
	}
}

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

func TestDuplicates(t *testing.T) {
	s := noise(700, 0, 8, 8, 8, 1)
	copy(s.Example(600), s.Example(5))
	copy(s.Example(12), s.Example(5))
	copy(s.Example(650), s.Example(77))
	s.Example(650)[3] += 0.01 // nearly the same
	clear(s.Example(20))
	clear(s.Example(21)) // constant ones are no duplicates
	r := result(t, s, scan.Settings{}, 2)
	if same := r.Same(); !reflect.DeepEqual(same, [][]int{{5, 12, 600}}) {
		t.Errorf("the same: %v", same)
	}
	near := r.Near()
	if len(near) != 1 || near[0].First != 77 || near[0].Second != 650 || near[0].Correlation < 0.999 {
		t.Errorf("nearly the same: %v", near)
	}
}

// TestNearTellsHeadsApart: what all examples have in common makes no two of them
// duplicates.
func TestNearTellsHeadsApart(t *testing.T) {
	s := noise(50, 0, 8, 8, 8, 1)
	for i := range s.Values() {
		s.Values()[i] = s.Values()[i]*0.01 + float32(i%512)
	}
	if near := result(t, s, scan.Settings{}, 2).Near(); near != nil {
		t.Errorf("got %v", near)
	}
}

func TestBlocks(t *testing.T) {
	values := make([]float32, 16*16*16)
	for i := range values {
		values[i] = float32(i / 256 / 4) // the block along the depth
	}
	for i, v := range result(t, data.NewMemory([]int{16, 16, 16}, values), scan.Settings{}, 1).Blocks(0) {
		if v != float64(i/16) {
			t.Fatalf("block %d is %g", i, v)
		}
	}
}
