package kernel

import (
	"math"
	"unsafe"
)

// The survey in Go: its sums are taken in the order of the assembly's.
var plainSurveyor = surveyor{plainLines, plainBelow, plainEqual}

// lanes are sums in single precision.
type lanes [surveyLanes]float32

// join adds lanes to sums in double precision.
func (l *lanes) join(into *[surveyGroup]float64) {
	for i, v := range l {
		into[i%surveyGroup] += float64(v)
	}
}

func (s *Survey) given() []float32 { return unsafe.Slice(s.values, s.count) }

func plainLines(s *Survey) {
	s.bound()
	lines := unsafe.Slice(s.lines, s.runs)
	columns := unsafe.Slice(s.columns, (s.runs-1)*s.stride+s.width)
	values := s.given()
	var sums, squares lanes
	for range s.times {
		for r, n := range lines {
			for from := 0; from < s.width; from += surveyLanes {
				to := min(from+surveyLanes, s.width)
				var strip lanes
				for line := range n {
					for lane, v := range values[line*s.width:][from:to] {
						d := v - s.about
						strip[lane] += d
						squares[lane] += float32(d * d) // rounded twice, as the assembly does
					}
				}
				for lane, sum := range strip[:to-from] {
					columns[r*s.stride+from+lane] += sum
					sums[lane] += sum
				}
			}
			values = values[n*s.width:]
		}
	}
	sums.join(&s.sums)
	squares.join(&s.squares)
}

func (s *Survey) bound() {
	low, high := float32(math.Inf(1)), float32(math.Inf(-1))
	for _, v := range s.given() {
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
	}
	s.least, s.most = low, high
}

func plainBelow(s *Survey) {
	var below lanes
	for i, v := range s.given() {
		if v < 0 {
			below[i%surveyLanes] += v
		}
	}
	below.join(&s.below)
}

func plainEqual(s *Survey) {
	s.met = [2]int32{}
	for _, v := range s.given() {
		for k, sought := range s.sought {
			if v == sought {
				s.met[k]++
			}
		}
	}
}
