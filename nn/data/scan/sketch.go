package scan

import "math"

// sketch counts values by the upper half of their bits: float32 numbers are
// ordered like their bits. Ranks are therefore exact, and the value at a rank is
// off by at most 1/256 of itself (below 1e-38, by 1e-38). Counts add up to the
// same whatever the order.
type sketch [1 << 16]uint64

func (s *sketch) add(values []float32, first, step int) {
	if step == 1 {
		for _, v := range values {
			s[upper(v)]++
		}
	} else {
		for i := first; i < len(values); i += step {
			s[upper(values[i])]++
		}
	}
	// To ask each value whether it is finite takes longer than to forget those that are
	// not: they lie beyond the infinite ones, whose mantissas are 0.
	const infinite = 0xff80
	clear(s[infinite:])
	clear(s[:0xffff-infinite+1])
}

// with adds the counts of another one; either may be nil.
func (s *sketch) with(o *sketch) *sketch {
	if s == nil || o == nil {
		if s == nil {
			return o
		}
		return s
	}
	joined := *s
	for i, n := range o {
		joined[i] += n
	}
	return &joined
}

// upper gives the upper half of bits that are ordered as the numbers are: those of a
// number below 0 are turned around. There is no way to go wrong about the sign, which
// is anyone's guess where values lie around 0.
func upper(v float32) uint16 {
	bits := math.Float32bits(v + 0) // -0 becomes 0
	return uint16((bits ^ (uint32(int32(bits)>>31) | 1<<31)) >> 16)
}

// middle is the number in the middle of those with this upper half.
func middle(half int) float64 {
	bits := uint32(half)<<16 | 1<<15
	if half == 1<<15 {
		return 0 // most likely 0 itself
	}
	if bits>>31 == 1 {
		return float64(math.Float32frombits(bits &^ (1 << 31)))
	}
	return float64(math.Float32frombits(^bits))
}

// at is the value below which a share of the values lies; NaN without any.
func (s *sketch) at(share float64) float64 {
	total := uint64(0)
	for _, n := range s {
		total += n
	}
	if total == 0 {
		return math.NaN()
	}
	rank := uint64(share * float64(total-1))
	for half, n := range s {
		if rank < n {
			return middle(half)
		}
		rank -= n
	}
	panic("scan: a rank beyond the number of values")
}

// between is the share of values from low to high, as far as the sketch tells
// them apart.
func (s *sketch) between(low, high float64) float64 {
	inside, total := uint64(0), uint64(0)
	for half, n := range s {
		total += n
		if n > 0 {
			if v := middle(half); v >= low && v <= high {
				inside += n
			}
		}
	}
	if total == 0 {
		return 0
	}
	return float64(inside) / float64(total)
}
