package scan_test

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
)

// TestNumbers compares every number with plain loops over all values, for shapes
// whose axes are and are not multiples of the thumbnail's.
func TestNumbers(t *testing.T) {
	for _, sizes := range [][]int{{16, 16, 16, 1}, {5, 9, 11, 2}, {8, 8, 8}, {12}, {1, 1, 1, 1}, {3, 4, 2, 1, 2}, {2, 9, 1100, 2}, {1, 1023}, {9, 70, 75, 1}, {3, 41, 101, 4}, {2, 100, 50, 1}} {
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
	// Squares are added up in single precision, 128 at a time, each sum rounded by up to
	// 6·10⁻⁸ of itself, up or down.
	alike := func(a, b float64) bool { return math.Abs(a-b) <= 1e-6*b }
	// So are distances from a value amid the others, of both signs.
	about := func(a, b float64) bool {
		return near(a, b) || math.Abs(a-b) <= 1e-7*math.Sqrt(squares/float64(len(values)))
	}
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
		!about(got.Mean, mean) || !alike(got.Squares, squares) || !about(got.MeanAbs, absolute/float64(len(values))) {
		t.Errorf("%v: got %+v, want mean %g squares %g of %d in %g..%g", sizes, got, mean, squares, len(values), low, high)
	}
}

func TestNotFinite(t *testing.T) {
	s := noise(2, 0, 4, 7, 9, 1)
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	s.Example(1)[100], s.Example(1)[101], s.Example(1)[200] = inf, nan, nan
	r := result(t, s, scan.Settings{Sketch: true}, 1)
	finite := slices.DeleteFunc(slices.Clone(s.Example(1)), func(v float32) bool { return v-v != 0 })
	values := make([]float64, len(finite))
	for k, v := range finite {
		values[k] = float64(v)
	}
	compare(t, s.Shape(), r.Examples[1].Channels[0], values)
	c := r.Whole(1)
	if c.NaN != 2 || c.Inf != 1 || c.First != 100 || c.Count != 4*7*9-3 || math.IsNaN(c.Mean+c.Squares+c.Min) || math.IsInf(c.Min, 0) {
		t.Errorf("got %+v", c)
	}
	if place := r.Place(100); !slices.Equal(place, []int{1, 4, 1, 0}) {
		t.Errorf("place %v", place)
	}
}

// TestNothingFinite: there is nothing to say of a volume without numbers.
func TestNothingFinite(t *testing.T) {
	nan := float32(math.NaN())
	c := result(t, data.NewMemory([]int{1, 1, 3, 1}, []float32{nan, nan, nan}), scan.Settings{}, 1).Whole(0)
	if c.NaN != 3 || c.Count != 0 || c.Min != 0 || c.Max != 0 || c.Mean != 0 || c.Squares != 0 || c.AtMin != 0 {
		t.Errorf("got %+v", c)
	}
}

// TestOneOfSeveralChannelsNotFinite leaves the others as they are.
func TestOneOfSeveralChannelsNotFinite(t *testing.T) {
	s := noise(1, 5, 3, 4, 20, 3)
	want := result(t, s, scan.Settings{}, 1).Examples[0]
	s.Values()[3*17+1] = float32(math.Inf(1))
	got := result(t, s, scan.Settings{}, 1).Examples[0]
	if !reflect.DeepEqual(got.Channels[0], want.Channels[0]) || !reflect.DeepEqual(got.Channels[2], want.Channels[2]) {
		t.Error("a channel is seen as another because one beside it is not finite")
	}
	if c := got.Channels[1]; c.Inf != 1 || c.First != 3*17+1 || c.Count != 3*4*20-1 || c.Hash == want.Channels[1].Hash {
		t.Errorf("got %+v", c)
	}
}

// TestCorner: all eight corners have to be the same, and each counts.
func TestCorner(t *testing.T) {
	for corner := range 8 {
		values := make([]float32, 3*4*5)
		for i := range values {
			values[i] = float32(i%3) + 1
		}
		for k := range 8 {
			values[((k>>2)*2*4+(k>>1&1)*3)*5+(k&1)*4] = 7
		}
		s := data.NewMemory([]int{3, 4, 5, 1}, values)
		one := result(t, s, scan.Settings{}, 1).Examples[0].Channels[0]
		if !one.Framed || one.Corner != 7 || one.AtCorner != 8 {
			t.Errorf("got %+v", one)
		}
		if corner > 0 {
			values[((corner>>2)*2*4+(corner>>1&1)*3)*5+(corner&1)*4] = 6
			one = result(t, s, scan.Settings{}, 1).Examples[0].Channels[0]
			if one.Framed || one.AtCorner != 7 {
				t.Errorf("corner %d: got %+v", corner, one)
			}
		}
	}
}

// TestFarFromZero: values that differ by little, far from zero, keep their spread,
// whatever lies in the corner.
func TestFarFromZero(t *testing.T) {
	for _, corner := range []float32{0, 3e6, -1e30} {
		s := noise(1, 3e6, 24, 24, 24, 1)
		s.Values()[0] = corner
		compare(t, s.Shape(), result(t, s, scan.Settings{}, 1).Whole(0), doubled(s.Values()))
	}
}

func doubled(values []float32) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}

// TestBeyondSinglePrecision: squares that single precision cannot hold are as good as
// others, and blocks have means.
func TestBeyondSinglePrecision(t *testing.T) {
	for _, scale := range []float64{1e-40, 1e-25, 1e-21, 1e-15, 1e15, 1e25, 3e37} {
		s := noise(1, 0, 9, 10, 11, 2)
		for i, v := range s.Values() {
			s.Values()[i] = float32(float64(v) * scale)
		}
		r := result(t, s, scan.Settings{}, 1)
		for c := range 2 {
			var values []float64
			for k := c; k < len(s.Values()); k += 2 {
				values = append(values, float64(s.Values()[k])/scale)
			}
			got := r.Examples[0].Channels[c]
			got.Min, got.Max, got.Mean, got.MeanAbs, got.Squares = got.Min/scale, got.Max/scale, got.Mean/scale, got.MeanAbs/scale, got.Squares/scale/scale
			compare(t, s.Shape(), got, values)
		}
		for _, v := range r.Examples[0].Thumb {
			if v-v != 0 {
				t.Fatalf("scale %g: the mean of a block is %g", scale, v)
			}
		}
	}
}

// TestBlocksBeyondSinglePrecision have means where it cannot hold their sums, be it the
// sum of few values or only that of a whole block.
func TestBlocksBeyondSinglePrecision(t *testing.T) {
	for _, v := range []float32{3e38, 2.5e36} {
		s := noise(1, 0, 48, 48, 48, 1)
		half := len(s.Values()) / 2
		for i := range s.Values() {
			s.Values()[i] = float32(1-i/half*2) * v
		}
		for i, got := range result(t, s, scan.Settings{}, 1).Examples[0].Thumb {
			if want := float32(1-i/256*2) * v; math.Abs(float64(got/want)-1) > 1e-6 {
				t.Fatalf("block %d is %g, want %g", i, got, want)
			}
		}
	}
}

// TestWhereOthersArePicked: where the values that are taken for ones amid the others
// are none, squares are as good.
func TestWhereOthersArePicked(t *testing.T) {
	s := noise(1, 0, 44, 44, 44, 1)
	n := len(s.Values())
	for i := range 64 {
		s.Values()[i*n/64] = 1e6
	}
	compare(t, s.Shape(), result(t, s, scan.Settings{}, 1).Whole(0), doubled(s.Values()))
}

// TestALookAllocatesNothing for an example, once there is what a reader writes into.
func TestALookAllocatesNothing(t *testing.T) {
	s := noise(3, 1, 9, 10, 11, 2)
	scanner := scan.New(s, scan.Settings{})
	values := make([]float32, data.Elements(s.Shape()))
	if n := testing.AllocsPerRun(10, func() {
		for i := range 3 {
			if err := scanner.Read(i, values); err != nil {
				t.Fatal(err)
			}
		}
	}); n > 0 {
		t.Errorf("%g objects are allocated for three examples", n)
	}
}

// TestOneValueAlone: values that are all the same spread by nothing at all.
func TestOneValueAlone(t *testing.T) {
	for _, v := range []float32{0, 0.1, -3e38, 1e-45} {
		for _, sizes := range [][]int{{5, 6, 7, 1}, {1}, {3, 3, 3, 3}} {
			values := make([]float32, data.Elements(sizes))
			for i := range values {
				values[i] = v
			}
			r := result(t, data.NewMemory(sizes, values), scan.Settings{}, 1)
			for _, c := range r.Examples[0].Channels {
				if c.Squares != 0 || c.Mean != float64(v) || !c.Constant() || !c.Framed || c.AtMin != c.Count || c.AtMax != c.Count || c.AtCorner != c.Count {
					t.Errorf("%g of %v: %+v", v, sizes, c)
				}
			}
		}
	}
}

// TestNotFiniteAnywhere: a value that is not finite is found wherever it is, and
// the rest is as if it were not there.
func TestNotFiniteAnywhere(t *testing.T) {
	for _, sizes := range [][]int{{3, 5, 7, 1}, {2, 2, 1030, 1}, {3, 4, 5, 2}} {
		count := data.Elements(sizes)
		for at := 0; at < count; at += max(1, count/97) {
			for _, odd := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				s := noise(1, 5, sizes...)
				s.Values()[at] = float32(odd)
				r := result(t, s, scan.Settings{}, 1)
				channel := at % r.Channels
				c := r.Examples[0].Channels[channel]
				var rest []float64
				for k := channel; k < count; k += r.Channels {
					if k != at {
						rest = append(rest, float64(s.Values()[k]))
					}
				}
				compare(t, sizes, c, rest)
				if c.First != at || c.NaN+c.Inf != 1 || (c.NaN == 1) != math.IsNaN(odd) {
					t.Fatalf("%v: %g at %d: %+v", sizes, odd, at, c)
				}
			}
		}
	}
}
