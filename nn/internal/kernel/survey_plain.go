package kernel

import (
	"math"
	"unsafe"
)

// The survey in Go: its sums are taken in the order of the assembly's.
var plainSurveyor = surveyor{plainBounds, plainEqual, plainSums, plainSumsBelow}

func plainBounds(s *Survey) {
	low, high := float32(math.Inf(1)), float32(math.Inf(-1))
	for _, v := range unsafe.Slice(s.values, s.count) {
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
	}
	s.least, s.most = low, high
}

func plainEqual(s *Survey) {
	met, sought := 0, s.sought
	for _, v := range unsafe.Slice(s.values, s.count) {
		if v == sought {
			met++
		}
	}
	s.met = met
}

func plainSums(s *Survey)      { s.sums(false) }
func plainSumsBelow(s *Survey) { s.sums(true) }

func (s *Survey) sums(below bool) {
	lengths := unsafe.Slice(s.lengths, s.runs)
	values := unsafe.Slice(s.values, s.count)
	columns := unsafe.Slice(s.columns, s.runs*s.stride)
	for range s.times {
		for r, n := range lengths {
			row, at := columns[r*s.stride:(r+1)*s.stride], 0
			for run := values[:n]; len(run) > 0; {
				step := run[:min(Filled, len(run))]
				run = run[len(step):]
				s.step(step, row[at:])
				if below {
					s.stepBelow(step)
				}
				if at += Filled; at >= s.fold {
					at -= s.fold
				}
			}
			values = values[n:]
		}
	}
}

func (s *Survey) step(values []float32, columns []float64) {
	for lane, v := range values {
		d := float64(v) - s.about
		columns[lane] += d
		s.squares[lane] = math.FMA(d, d, s.squares[lane])
	}
}

func (s *Survey) stepBelow(values []float32) {
	for lane, v := range values {
		if v < 0 {
			s.below[lane] += float64(v)
		}
	}
}
