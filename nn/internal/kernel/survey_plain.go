package kernel

import (
	"math"
	"unsafe"
)

// plainSurvey is the survey in Go: its sums are taken in the order of the
// assembly's.
func plainSurvey(s *Survey) {
	lengths := unsafe.Slice(s.lengths, s.runs)
	total := 0
	for _, n := range lengths {
		total += n
	}
	values := unsafe.Slice(s.values, total)
	columns := unsafe.Slice(s.columns, s.runs*s.stride)
	var last [Filled]float32
	for r, n := range lengths {
		row := columns[r*s.stride : (r+1)*s.stride]
		at := 0
		for run := values[:n]; len(run) > 0; {
			step := run
			if len(run) < Filled {
				for lane := copy(last[:], run); lane < Filled; lane++ {
					last[lane] = s.pad
				}
				step, run = last[:], nil
			} else {
				run = run[Filled:]
			}
			s.step((*[Filled]float32)(step), (*[Filled]float64)(row[at:]))
			if at += Filled; at >= s.fold {
				at -= s.fold
			}
		}
		values = values[n:]
	}
}

func (s *Survey) step(values *[Filled]float32, columns *[Filled]float64) {
	about, corner := s.about, s.corner
	low, high := s.low[0], s.high[0]
	atLow, atHigh, atCorner := s.atLow[0], s.atHigh[0], s.atCorner[0]
	for lane, v := range values {
		x := float64(v)
		d := x - about
		columns[lane] += d
		s.squares[lane%len(s.squares)] += float64(d * d)
		s.absolute[lane%len(s.absolute)] += math.Abs(x)
		if v < low {
			low, atLow = v, 0
		}
		if v == low {
			atLow++
		}
		if v > high {
			high, atHigh = v, 0
		}
		if v == high {
			atHigh++
		}
		if v == corner {
			atCorner++
		}
	}
	s.low[0], s.high[0] = low, high
	s.atLow[0], s.atHigh[0], s.atCorner[0] = atLow, atHigh, atCorner
}
