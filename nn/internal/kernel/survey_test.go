package kernel

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// surveyCase is runs of lines of numbers among which bounds and the corner occur often.
type surveyCase struct {
	width, stride int
	lines         []int
	values        []float32
	about         float32
}

func surveyCases(r *rand.Rand) []surveyCase {
	var cases []surveyCase
	for _, lines := range [][]int{{1}, {7}, {3, 4, 0, 2}} {
		for _, width := range []int{1, 7, 8, 9, 15, 16, 17, 28, 31, 32, 33, 48, 49, 64, 90, 130} {
			total := 0
			for _, n := range lines {
				total += n * width
			}
			c := surveyCase{lines: lines, width: width, stride: width + r.IntN(3), values: make([]float32, total)}
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

func (c *surveyCase) columns() []float32 { return make([]float32, (len(c.lines)-1)*c.stride+c.width) }

func (c *surveyCase) look() (Surveyed, []float32) {
	s, columns := new(Survey), c.columns()
	s.Begin(c.about, c.values[0])
	s.Look(c.values, c.width, c.lines, 1, columns, c.stride)
	s.Look(slices.Concat(c.values, c.values), c.width, c.lines, 2, columns, c.stride)
	return s.Found(), columns
}

// TestSurvey compares with plain loops in double precision, and the engines with each
// other bit for bit.
func TestSurvey(t *testing.T) {
	for _, c := range surveyCases(rand.New(rand.NewPCG(5, 6))) {
		want := Surveyed{Low: slices.Min(c.values) + 0, High: slices.Max(c.values) + 0}
		sums, at, apart := make([]float64, len(c.columns())), 0, 0.0
		for r, n := range c.lines {
			for i, v := range c.values[at : at+n*c.width] {
				d := float64(v) - float64(c.about)
				sums[r*c.stride+i%c.width] += 3 * d
				want.Total += 3 * d
				want.Squares += 3 * d * d
				want.Below += 3 * min(float64(v), 0)
				apart += 3 * math.Abs(d)
				for bound, count := range []*int{&want.AtLow, &want.AtHigh, &want.AtCorner} {
					if v == []float32{want.Low, want.High, c.values[0]}[bound] {
						*count += 3
					}
				}
			}
			at += n * c.width
		}
		// A lane adds up fewer than 64 numbers here, each sum rounded by 2⁻²⁴ of itself.
		near := func(a, b, among float64) bool { return math.Abs(a-b) <= 64*0x1p-24*among }
		var first []any
		withEngines(t, func(t *testing.T) {
			got, columns := c.look()
			if first == nil {
				first = []any{got, columns}
			} else if !reflect.DeepEqual(first, []any{got, columns}) {
				t.Errorf("lines %v of %d: other bits than %s", c.lines, c.width, engines()[0].name)
			}
			if !near(got.Squares, want.Squares, want.Squares) || !near(got.Below, want.Below, -want.Below) || !near(got.Total, want.Total, apart) {
				t.Errorf("lines %v of %d: got %+v, want %+v", c.lines, c.width, got, want)
			}
			exact := want
			exact.Squares, exact.Below, exact.Total = got.Squares, got.Below, got.Total
			if got != exact {
				t.Errorf("lines %v of %d: got %+v, want %+v", c.lines, c.width, got, want)
			}
			for i, sum := range columns {
				if !near(float64(sum), sums[i], apart) {
					t.Errorf("lines %v of %d: column %d is %g, want %g", c.lines, c.width, i, sum, sums[i])
				}
			}
		})
	}
}

// TestBoundsMoveOn: bounds that a later look goes beyond are no longer met, those
// that it meets are met more often, and the corner is neither.
func TestBoundsMoveOn(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		s, columns := new(Survey), make([]float32, 7)
		s.Begin(3, 3)
		for _, values := range [][]float32{{3, 3, 2, 5, 5}, {4, 3}, {2, 5, 4}, {1, 3, 6, 6}, {2, 2, 5}, {6, 1}, {7}} {
			s.Look(values, len(values), []int{1}, 1, columns, 7)
		}
		got := s.Found()
		if got.Low != 1 || got.High != 7 || got.AtLow != 2 || got.AtHigh != 1 || got.AtCorner != 4 {
			t.Errorf("got %+v", got)
		}
	})
}

// TestACornerThatIsABound is counted along with it, until a value goes beyond.
func TestACornerThatIsABound(t *testing.T) {
	for _, sign := range []float32{1, -1} {
		withEngines(t, func(t *testing.T) {
			s, columns := new(Survey), make([]float32, 7)
			s.Begin(0, sign)
			for _, values := range [][]float32{{1, 2, 1}, {3, 1, 2}, {2, 2}, {0, 1, 4}, {1}} {
				for i := range values {
					values[i] *= sign
				}
				s.Look(values, len(values), []int{1}, 1, columns, 7)
			}
			if got := s.Found(); got.AtCorner != 5 || min(got.AtLow, got.AtHigh) != 1 {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// TestSurveyOfOtherNumbers: NaN and Inf at any place show in the total.
func TestSurveyOfOtherNumbers(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			for at := range 41 {
				c := surveyCase{lines: []int{1}, width: 41, stride: 41, values: make([]float32, 41)}
				c.values[at] = float32(v)
				c.values[40-at] -= 1
				if got, _ := c.look(); got.Total-got.Total == 0 {
					t.Fatalf("%g at %d gives the sum %g", v, at, got.Total)
				}
			}
		}
	})
}

func TestSurveyRefusesWhatDoesNotFit(t *testing.T) {
	for name, look := range map[string]func(s *Survey){
		"repeated": func(s *Survey) { s.Look(make([]float32, 19), 5, []int{2}, 2, make([]float32, 5), 5) },
		"values":   func(s *Survey) { s.Look(make([]float32, 9), 5, []int{2}, 1, make([]float32, 5), 5) },
		"stride":   func(s *Survey) { s.Look(make([]float32, 10), 5, []int{1, 1}, 1, make([]float32, 10), 4) },
		"columns":  func(s *Survey) { s.Look(make([]float32, 10), 5, []int{1, 1}, 1, make([]float32, 9), 5) },
		"lines":    func(s *Survey) { s.Look(make([]float32, 10), 5, []int{-1, 2}, 1, make([]float32, 10), 5) },
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
		s, columns := new(Survey), make([]float32, 8*64)
		s.Begin(7, 0)
		b.SetBytes(int64(4 * len(values)))
		for b.Loop() {
			s.Look(values, 64, []int{8, 8, 8, 8, 8, 8, 8, 8}, 1, columns, 64)
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
