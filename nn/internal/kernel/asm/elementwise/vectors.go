package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// vector is a register of float32.
type vector = reg.VecVirtual

// family is a set of instructions: AVX-512 if wide, else AVX2.
type family struct {
	name string
	wide bool
}

func (f family) bytes() int {
	if f.wide {
		return 64
	}
	return 32
}

func (f family) fresh() vector {
	if f.wide {
		return ZMM()
	}
	return YMM()
}

// constants are vectors of one number each, wide enough for both families.
var (
	constants Mem
	places    = map[uint32]int{}
)

const constantBytes = 64

func bits(b uint32) Mem {
	place, known := places[b]
	if !known {
		place = len(places) * constantBytes
		places[b] = place
		for i := 0; i < constantBytes; i += 4 {
			DATA(place+i, U32(b))
		}
	}
	return constants.Offset(place)
}

func number(v float64) Mem { return bits(math.Float32bits(float32(v))) }

var (
	sign      = func() Mem { return bits(1 << 31) }
	magnitude = func() Mem { return bits(1<<31 - 1) }
)

func (f family) load(from Op) vector {
	v := f.fresh()
	VMOVUPS(from, v)
	return v
}

// binary is an instruction v = a op b.
func (f family) binary(instruction func(...Op), a vector, b Op) vector {
	v := f.fresh()
	instruction(b, a, v)
	return v
}

func (f family) add(a vector, b Op) vector    { return f.binary(VADDPS, a, b) }
func (f family) sub(a vector, b Op) vector    { return f.binary(VSUBPS, a, b) }
func (f family) mul(a vector, b Op) vector    { return f.binary(VMULPS, a, b) }
func (f family) divide(a vector, b Op) vector { return f.binary(VDIVPS, a, b) }

// atLeast and atMost keep a NaN of v: of two operands the instructions choose the
// second if one is NaN.
func (f family) atLeast(v vector, limit Mem) vector { return f.binary(VMAXPS, f.load(limit), v) }
func (f family) atMost(v vector, limit Mem) vector  { return f.binary(VMINPS, f.load(limit), v) }

func (f family) and(a vector, b Op) vector {
	v := f.fresh()
	if f.wide {
		VPANDD(b, a, v)
	} else {
		VANDPS(b, a, v)
	}
	return v
}

func (f family) or(a vector, b Op) vector {
	v := f.fresh()
	if f.wide {
		VPORD(b, a, v)
	} else {
		VORPS(b, a, v)
	}
	return v
}

// times is a·b + c, written over a.
func (f family) times(a, b vector, c Op) vector {
	VFMADD213PS(c, b, a)
	return a
}

// less is a - b·c, written over a.
func (f family) less(a, b vector, c Op) vector {
	VFNMADD231PS(c, b, a)
	return a
}

// polynomial takes its numbers from the highest power down.
func (f family) polynomial(x vector, numbers ...float64) vector {
	v := f.load(number(numbers[0]))
	for _, n := range numbers[1:] {
		v = f.times(v, x, number(n))
	}
	return v
}

func (f family) round(v vector) vector {
	n := f.fresh()
	if f.wide {
		VRNDSCALEPS(Imm(0), v, n)
	} else {
		VROUNDPS(Imm(0), v, n)
	}
	return n
}

// scale is v·2ⁿ for whole n. AVX2 needs two steps, since 2ⁿ alone may be out of
// range where the product is not.
func (f family) scale(v, n vector) vector {
	if f.wide {
		return f.binary(VSCALEFPS, v, n)
	}
	whole, half := f.fresh(), f.fresh()
	VCVTPS2DQ(n, whole)
	VPSRAD(Imm(1), whole, half)
	other := f.binary(VPSUBD, whole, half)
	return f.mul(f.mul(v, f.exponent(half)), f.exponent(other))
}

// exponent is 2ⁿ for integers n.
func (f family) exponent(n vector) vector {
	v := f.fresh()
	VPADDD(bits(127), n, v)
	VPSLLD(Imm(23), v, v)
	return v
}

// power is 2ⁿ for whole n that a float32 can have as its exponent.
func (f family) power(n vector) vector {
	if f.wide {
		return f.scale(f.load(number(1)), n)
	}
	whole := f.fresh()
	VCVTPS2DQ(n, whole)
	return f.exponent(whole)
}

// Comparisons, as VCMPPS numbers them; none is true of a NaN.
const (
	equal       = 0
	lessThan    = 17
	lessOrEqual = 18
	atLeastThat = 29
	greaterThan = 30
)

// test is the outcome of a comparison, a mask or a vector.
type test reg.Register

func (f family) compare(a vector, comparison uint8, b Op) test {
	if f.wide {
		k := K()
		VCMPPS(Imm(uint64(comparison)), b, a, k)
		return k
	}
	v := f.fresh()
	VCMPPS(Imm(uint64(comparison)), b, a, v)
	return v
}

// pick is yes where the test is true, else no.
func (f family) pick(t test, yes Op, no vector) vector {
	v := f.fresh()
	if f.wide {
		VBLENDMPS(yes, no, t, v)
	} else {
		VBLENDVPS(t, yes, no, v)
	}
	return v
}
