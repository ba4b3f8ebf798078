package kernel

import (
	"math"
	"unsafe"
)

// Filled is how many numbers a survey takes at a time: a run that does not end
// with a whole step is filled up, and columns need so many places more, less one.
const Filled = 16

// Survey finds bounds, moments and sums by column of numbers in one pass. What it
// finds has the same bits on every engine. Numbers that are not finite make the
// sums of their columns not finite; the rest of what is found means nothing then.
//
// The assembly knows the fields by their places.
type Survey struct {
	values  *float32
	lengths *int
	runs    int
	columns *float64
	stride  int
	fold    int
	about   float64
	pad     float32
	corner  float32
	// Bounds and how often each lane met them, the number of the corner's value.
	low, high               [Filled]float32
	atLow, atHigh, atCorner [Filled]uint32
	// Sums of squared distances from about, and of absolute values.
	squares, absolute [Filled / 2]float64

	fillers int
}

// Begin starts anew: squares are of distances from about, which must lie between
// the bounds, and values equal to corner are counted.
func (s *Survey) Begin(about, corner float32) {
	*s = Survey{about: float64(about), pad: about, corner: corner}
	for lane := range Filled {
		s.low[lane], s.high[lane] = float32(math.Inf(1)), float32(math.Inf(-1))
	}
}

// Look looks at consecutive runs of values, so many in each. The distances from
// about of run r are added to columns[r*stride:], that of its value i to column
// i modulo fold, or to one of the Filled-1 places behind the columns, which
// stand for the first columns again. fold must be at least Filled.
func (s *Survey) Look(values []float32, lengths []int, fold, stride int, columns []float64) {
	total := 0
	for _, n := range lengths {
		total += n
		s.fillers += (Filled - n%Filled) % Filled
	}
	if total == 0 {
		return
	}
	if total > len(values) || fold < Filled || stride < fold+Filled-1 || len(columns) < len(lengths)*stride {
		panic("kernel: runs, columns and values of a survey do not fit together")
	}
	s.values, s.lengths, s.runs = unsafe.SliceData(values), unsafe.SliceData(lengths), len(lengths)
	s.columns, s.stride, s.fold = unsafe.SliceData(columns), stride, fold
	surveyOf(single.name)(s)
	s.values, s.lengths, s.columns = nil, nil, nil
}

// Surveyed is what a survey has found.
type Surveyed struct {
	Low, High float32
	// AtLow, AtHigh and AtCorner count the values that are the bounds and the corner.
	AtLow, AtHigh, AtCorner int
	// Squares is the sum of squared distances from about, Absolute that of absolute
	// values.
	Squares, Absolute float64
}

// Found is what has been found so far.
func (s *Survey) Found() Surveyed {
	f := Surveyed{Low: s.low[0], High: s.high[0]}
	for lane := range Filled {
		f.Low, f.High = min(f.Low, s.low[lane]), max(f.High, s.high[lane])
		f.AtCorner += int(s.atCorner[lane])
	}
	for lane := range Filled {
		if s.low[lane] == f.Low {
			f.AtLow += int(s.atLow[lane])
		}
		if s.high[lane] == f.High {
			f.AtHigh += int(s.atHigh[lane])
		}
	}
	for lane := range s.squares {
		f.Squares += s.squares[lane]
		f.Absolute += s.absolute[lane]
	}
	f.Absolute = max(f.Absolute-float64(float64(s.fillers)*math.Abs(s.about)), 0)
	f.Low, f.High = f.Low+0, f.High+0 // -0 becomes 0
	if s.pad == f.Low {
		f.AtLow -= s.fillers
	}
	if s.pad == f.High {
		f.AtHigh -= s.fillers
	}
	if s.pad == s.corner {
		f.AtCorner -= s.fillers
	}
	return f
}
