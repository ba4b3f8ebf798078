package scan

import "math"

// sampled is how many values are enough for percentiles, of a channel at least
// leastSampled: of twice as many and more every second one is counted, or every third,
// …. The standard error of a rank is then 0.3 % of all values at the median at most,
// and 0.04 % at the ends that rules ask for.
const sampled, leastSampled = 1 << 17, 1 << 15

// strideFor is how far apart the values of one channel stand that are counted, of so
// many examples of volumes of some sizes: a number that has no factor in common with
// any axis, so that no column or slice is counted alone.
func strideFor(examples, channels int, sizes []int) int {
	values := examples
	for _, size := range sizes {
		values *= size
	}
	stride := max(values/max(sampled/max(channels, 1), leastSampled), 1)
	for stride > 1 && shares(stride, sizes) {
		stride++
	}
	return stride
}

// shares says whether a number has a factor in common with one of others.
func shares(n int, others []int) bool {
	for _, other := range others {
		a, b := n, other
		for b > 0 {
			a, b = b, a%b
		}
		if a > 1 {
			return true
		}
	}
	return false
}

// sketch counts values by the upper half of their bits: float32 numbers are
// ordered like their bits. Ranks among the values counted are therefore exact, and the
// value at a rank is off by at most 1/256 of itself (below 1e-38, by 1e-38). Counts add
// up to the same whatever the order.
type sketch [1 << 16]uint32

// add counts every step-th value from a first one on.
func (s *sketch) add(values []float32, first, step int) {
	if step == 1 {
		for _, v := range values[first:] {
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
	total := uint32(0)
	for _, n := range s {
		total += n
	}
	if total == 0 {
		return math.NaN()
	}
	rank := uint32(share * float64(total-1))
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
	inside, total := uint32(0), uint32(0)
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
