package kernel

import (
	"math"
	"unsafe"
)

// surveyLanes is how many sums of a survey do not wait for each other, and the columns
// that are taken at once.
const surveyLanes = 32

// surveyGroup is how many of the lanes are added up in double precision at once.
const surveyGroup = 8

// Survey finds bounds, moments and sums by column of numbers. What it finds has the
// same bits on every engine. Numbers that are not finite make the total not finite;
// the rest of what is found means nothing then.
//
// Distances from a number amid the others are added up in single precision, and once
// for each look, in which a lane takes few of them, in double precision: moments are
// exact to about a millionth, which nobody tells from a thousandth. What their squares
// cannot hold has to be found elsewhere: distances of 10¹⁹, or all below 10⁻¹⁹.
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
	// met how many of them are each of those.
	count              int
	sought             [2]float32
	met                [2]int32
	least, most, about float32

	lines   *int
	runs    int
	times   int
	columns *float32
	stride  int
	width   int
	// Sums of distances from about, of their squares, and of values below 0.
	sums, squares, below [surveyGroup]float64
	scratch              [surveyLanes]float32

	corner, low, high       float32
	atLow, atHigh, atCorner int
}

// surveyor are the parts of a survey on some engine: bounds, moments and columns of
// lines; the sum of what is below 0; and how many values are the one that is sought.
type surveyor struct {
	lines, below, equal func(s *Survey)
}

// Begin starts anew: squares are of distances from about, and values equal to
// corner are counted.
func (s *Survey) Begin(about, corner float32) {
	*s = Survey{about: about, corner: corner, low: float32(math.Inf(1)), high: float32(math.Inf(-1))}
}

// Look looks at lines of some width, one after the other: as many as lines says for
// each run of them, and the same again so many times in all. The distances of their
// values from about are added to the columns of the run; those of two runs begin stride
// apart.
func (s *Survey) Look(values []float32, width int, lines []int, times int, columns []float32, stride int) {
	total := 0
	for _, n := range lines {
		if n < 0 {
			panic("kernel: a run of fewer lines than none")
		}
		total += n
	}
	if total *= times * width; total == 0 {
		return
	}
	if width < 1 || total > len(values) || stride < width || len(columns) < (len(lines)-1)*stride+width {
		panic("kernel: lines, columns and values of a survey do not fit together")
	}
	on := surveyorOf(single.name)
	s.values, s.count = unsafe.SliceData(values), total
	s.lines, s.runs, s.times = unsafe.SliceData(lines), len(lines), times
	s.columns, s.stride, s.width = unsafe.SliceData(columns), stride, width
	on.lines(s)
	if s.least < 0 {
		on.below(s)
	}
	s.meet(on)
	s.values, s.lines, s.columns = nil, nil, nil
}

// meet counts the values that are the bounds and the corner's, as far as there are
// any among values with these bounds.
func (s *Survey) meet(on *surveyor) {
	if s.least < s.low {
		s.low, s.atLow = s.least, 0
	}
	if s.most > s.high {
		s.high, s.atHigh = s.most, 0
	}
	atLow, atHigh := s.least == s.low, s.most == s.high
	cornered := s.least <= s.corner && s.corner <= s.most
	switch asBound := s.corner == s.low || s.corner == s.high; {
	case atLow || atHigh:
		s.count2(on, s.low, s.high)
		if atLow {
			s.atLow += int(s.met[0])
		}
		if atHigh {
			s.atHigh += int(s.met[1])
		}
		switch {
		case !cornered:
		case s.corner == s.low:
			s.atCorner += int(s.met[0])
		case s.corner == s.high:
			s.atCorner += int(s.met[1])
		}
		if cornered && !asBound {
			s.count2(on, s.corner, s.corner)
			s.atCorner += int(s.met[0])
		}
	case cornered:
		s.count2(on, s.corner, s.corner)
		s.atCorner += int(s.met[0])
	}
}

func (s *Survey) count2(on *surveyor, a, b float32) {
	s.sought = [2]float32{a, b}
	on.equal(s)
}

// Surveyed is what a survey has found.
type Surveyed struct {
	Low, High float32
	// AtLow, AtHigh and AtCorner count the values that are the bounds and the corner.
	AtLow, AtHigh, AtCorner int
	// Total is the sum of the distances from about, Squares that of their squares,
	// Below that of the values below 0.
	Total, Squares, Below float64
}

// Found is what has been found so far.
func (s *Survey) Found() Surveyed {
	// -0 becomes 0.
	f := Surveyed{Low: s.low + 0, High: s.high + 0, AtLow: s.atLow, AtHigh: s.atHigh, AtCorner: s.atCorner}
	for lane := range surveyGroup {
		f.Total += s.sums[lane]
		f.Squares += s.squares[lane]
		f.Below += s.below[lane]
	}
	return f
}
