package kernel

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// surveyCase is runs of numbers among which bounds and the corner occur often.
type surveyCase struct {
	lengths      []int
	fold, stride int
	values       []float32
	about        float32
}

func surveyCases(r *rand.Rand) []surveyCase {
	var cases []surveyCase
	for _, lengths := range [][]int{{1}, {15}, {16}, {17}, {33, 1, 8}, {112, 84, 112}, {256, 256}, {0, 5}, {7, 0, 9}, {23, 24, 25, 26, 27, 28, 29, 30, 31, 32}} {
		for _, fold := range []int{16, 17, 28, 64} {
			total := 0
			for _, n := range lengths {
				total += n
			}
			c := surveyCase{lengths: lengths, fold: fold, stride: fold + Filled - 1 + r.IntN(3), values: make([]float32, total)}
			kinds := 2 + r.IntN(40)
			for i := range c.values {
				c.values[i] = float32(r.IntN(kinds)-kinds/3) * 1.7
				if c.values[i] == 0 && r.IntN(2) == 0 {
					c.values[i] = float32(math.Copysign(0, -1))
				}
			}
			c.about = c.values[r.IntN(total)]
			cases = append(cases, c)
		}
	}
	return cases
}

func (c *surveyCase) look() (Surveyed, []float64) {
	s, columns := new(Survey), make([]float64, len(c.lengths)*c.stride)
	s.Begin(c.about, c.values[0])
	s.Look(c.values, c.lengths, 1, c.fold, c.stride, columns)
	s.Look(slices.Concat(c.values, c.values), c.lengths, 2, c.fold, c.stride, columns)
	return s.Found(), columns
}

// TestSurvey compares with plain loops, and the engines with each other bit for bit.
func TestSurvey(t *testing.T) {
	for _, c := range surveyCases(rand.New(rand.NewPCG(5, 6))) {
		want := Surveyed{Low: slices.Min(c.values) + 0, High: slices.Max(c.values) + 0}
		sums, at := make([]float64, len(c.lengths)*c.fold), 0
		for r, n := range c.lengths {
			for i, v := range c.values[at : at+n] {
				d := float64(v) - float64(c.about)
				sums[r*c.fold+i%c.fold] += 3 * d
				want.Squares += 3 * d * d
				want.Below += 3 * min(float64(v), 0)
				for bound, count := range []*int{&want.AtLow, &want.AtHigh, &want.AtCorner} {
					if v == []float32{want.Low, want.High, c.values[0]}[bound] {
						*count += 3
					}
				}
			}
			at += n
		}
		near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-12*(1+math.Abs(b)) }
		var first []any
		withEngines(t, func(t *testing.T) {
			got, columns := c.look()
			if first == nil {
				first = []any{got, columns}
			} else if !reflect.DeepEqual(first, []any{got, columns}) {
				t.Errorf("runs %v fold %d: other bits than %s", c.lengths, c.fold, engines()[0].name)
			}
			if !near(got.Squares, want.Squares) || !near(got.Below, want.Below) {
				t.Errorf("runs %v fold %d: got %+v, want %+v", c.lengths, c.fold, got, want)
			}
			exact := want
			exact.Squares, exact.Below = got.Squares, got.Below
			if got != exact {
				t.Errorf("runs %v fold %d: got %+v, want %+v", c.lengths, c.fold, got, want)
			}
			folded := make([]float64, len(sums))
			for r := range c.lengths {
				for k, sum := range columns[r*c.stride : r*c.stride+c.fold+Filled-1] {
					folded[r*c.fold+k%c.fold] += sum
				}
			}
			if !slices.EqualFunc(folded, sums, near) {
				t.Errorf("runs %v fold %d: columns %v, want %v", c.lengths, c.fold, folded, sums)
			}
		})
	}
}

// TestBoundsMoveOn: bounds that a later look goes beyond are no longer met, those
// that it meets are met more often, and the corner is neither.
func TestBoundsMoveOn(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		s, columns := new(Survey), make([]float64, 31)
		s.Begin(3, 3)
		for _, values := range [][]float32{{3, 3, 2, 5, 5}, {4, 3}, {2, 5, 4}, {1, 3, 6, 6}, {2, 2, 5}, {6, 1}, {7}} {
			s.Look(values, []int{len(values)}, 1, 16, 31, columns)
		}
		got := s.Found()
		if got.Low != 1 || got.High != 7 || got.AtLow != 2 || got.AtHigh != 1 || got.AtCorner != 4 {
			t.Errorf("got %+v", got)
		}
	})
}

// TestSurveyOfOtherNumbers: NaN and Inf at any place show in the columns.
func TestSurveyOfOtherNumbers(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			for at := range 41 {
				c := surveyCase{lengths: []int{41}, fold: 20, stride: 35, values: make([]float32, 41)}
				c.values[at] = float32(v)
				c.values[40-at] -= 1
				_, columns := c.look()
				sum := 0.0
				for _, v := range columns {
					sum += v
				}
				if sum-sum == 0 {
					t.Fatalf("%g at %d gives the sum %g", v, at, sum)
				}
			}
		}
	})
}

func TestSurveyRefusesWhatDoesNotFit(t *testing.T) {
	for name, look := range map[string]func(s *Survey){
		"repeated": func(s *Survey) { s.Look(make([]float32, 19), []int{10}, 2, 16, 31, make([]float64, 31)) },
		"values":   func(s *Survey) { s.Look(make([]float32, 9), []int{10}, 1, 16, 31, make([]float64, 31)) },
		"fold":     func(s *Survey) { s.Look(make([]float32, 10), []int{10}, 1, 15, 31, make([]float64, 31)) },
		"stride":   func(s *Survey) { s.Look(make([]float32, 10), []int{10}, 1, 16, 30, make([]float64, 31)) },
		"columns":  func(s *Survey) { s.Look(make([]float32, 10), []int{5, 5}, 1, 16, 31, make([]float64, 61)) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("too few %s are taken", name)
				}
			}()
			look(new(Survey))
		}()
	}
}

func BenchmarkSurvey(b *testing.B) {
	withEachEngine(b, func(b *testing.B) {
		values := make([]float32, 4096)
		for i := range values {
			values[i] = float32(i * 7919 % 4096)
		}
		s, columns := new(Survey), make([]float64, 8*79)
		s.Begin(7, 0)
		b.SetBytes(int64(4 * len(values)))
		for b.Loop() {
			s.Look(values, []int{512, 512, 512, 512, 512, 512, 512, 512}, 1, 64, 79, columns)
		}
	})
}

func BenchmarkDigest(b *testing.B) {
	withEachEngine(b, func(b *testing.B) {
		data := make([]byte, 1<<14)
		d := new(Digest)
		d.Begin()
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			d.Add(data)
		}
	})
}

func withEachEngine(b *testing.B, measure func(b *testing.B)) {
	chosen := single
	defer func() { single = chosen }()
	for _, e := range engines() {
		single = e
		b.Run(e.name, measure)
	}
}
