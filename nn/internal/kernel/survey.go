package kernel

import (
	"math"
	"unsafe"
)

// Filled is how many numbers the sums of a survey take at a time: a run that does
// not end with a whole step is filled up, and columns need so many places more,
// less one.
const Filled = 16

// Survey finds bounds, moments and sums by column of numbers. What it finds has the
// same bits on every engine. Numbers that are not finite make the sums of their
// columns not finite; the rest of what is found means nothing then.
//
// It goes through what it is given several times, each time doing little: numbers
// that are in a processor's nearest cache are read faster than anything is done
// with them, and what is known of them spares most of the rest. Bounds are met by
// few numbers of most volumes, and negative ones are in few.
//
// The assembly knows the fields by their places.
type Survey struct {
	values *float32
	// count is the number of values to look at, sought what they are compared with,
	// met how many of them are that.
	count       int
	met         int
	sought      float32
	least, most float32

	lengths *int
	runs    int
	times   int
	columns *float64
	stride  int
	fold    int
	about   float64
	// Sums of squared distances from about, and of values below 0.
	squares, below [Filled]float64

	corner, low, high       float32
	atLow, atHigh, atCorner int
}

// surveyor are the parts of a survey on some engine: bounds of values; how many are
// the one that is sought; sums, and sums along with those of what is below 0.
type surveyor struct {
	bounds, equal, sums, sumsBelow func(s *Survey)
}

// Begin starts anew: squares are of distances from about, and values equal to
// corner are counted.
func (s *Survey) Begin(about, corner float32) {
	*s = Survey{about: float64(about), corner: corner, low: float32(math.Inf(1)), high: float32(math.Inf(-1))}
}

// Look looks at consecutive runs of values, so many in each, and at more of the same
// lengths behind them, so many times in all. The distances from about of run r are
// added to columns[r*stride:], that of its value i to column i modulo fold, or to
// one of the Filled-1 places behind the columns, which stand for the first columns
// again. fold must be at least Filled.
func (s *Survey) Look(values []float32, lengths []int, times, fold, stride int, columns []float64) {
	total := 0
	for _, n := range lengths {
		total += n
	}
	if total *= times; total == 0 {
		return
	}
	if total > len(values) || fold < Filled || stride < fold+Filled-1 || len(columns) < len(lengths)*stride {
		panic("kernel: runs, columns and values of a survey do not fit together")
	}
	on := surveyorOf(single.name)
	s.values, s.count = unsafe.SliceData(values), total
	on.bounds(s)
	s.meet(on)
	s.lengths, s.runs, s.times = unsafe.SliceData(lengths), len(lengths), times
	s.columns, s.stride, s.fold = unsafe.SliceData(columns), stride, fold
	if s.least < 0 {
		on.sumsBelow(s)
	} else {
		on.sums(s)
	}
	s.values, s.lengths, s.columns = nil, nil, nil
}

// meet counts the values that are the bounds and the corner's, as far as there are
// any among values with these bounds.
func (s *Survey) meet(on *surveyor) {
	count := func(of float32) int {
		s.sought = of
		on.equal(s)
		return s.met
	}
	if s.least < s.low {
		s.low, s.atLow = s.least, 0
	}
	atLeast := 0
	if s.least == s.low {
		atLeast = count(s.least)
		s.atLow += atLeast
	}
	if s.most > s.high {
		s.high, s.atHigh = s.most, 0
	}
	atMost := atLeast
	if s.most == s.high {
		if s.most != s.low {
			atMost = count(s.most)
		}
		s.atHigh += atMost
	}
	switch {
	case s.corner == s.low && s.least == s.low:
		s.atCorner += atLeast
	case s.corner == s.high && s.most == s.high:
		s.atCorner += atMost
	case s.least <= s.corner && s.corner <= s.most:
		s.atCorner += count(s.corner)
	}
}

// Surveyed is what a survey has found.
type Surveyed struct {
	Low, High float32
	// AtLow, AtHigh and AtCorner count the values that are the bounds and the corner.
	AtLow, AtHigh, AtCorner int
	// Squares is the sum of squared distances from about, Below that of the values
	// below 0.
	Squares, Below float64
}

// Found is what has been found so far.
func (s *Survey) Found() Surveyed {
	// -0 becomes 0.
	f := Surveyed{Low: s.low + 0, High: s.high + 0, AtLow: s.atLow, AtHigh: s.atHigh, AtCorner: s.atCorner}
	for lane := range s.squares {
		f.Squares += s.squares[lane]
		f.Below += s.below[lane]
	}
	return f
}
