package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// set is a set of instructions: how vectors are made, cut short and compared.
// What both sets write alike is written directly.
type set struct {
	name   string
	lanes  int
	vector func() reg.VecVirtual
}

var (
	avx512 = set{"avx512", 16, func() reg.VecVirtual { return ZMM() }}
	avx2   = set{"avx2", 8, func() reg.VecVirtual { return YMM() }}
)

// wide says that it is AVX-512, which has registers for masks.
func (s set) wide() bool { return s.lanes == 16 }

// choice is some of a vector's lanes, in a mask or in a vector of ones and zeros.
// The zero value is all of them.
type choice struct {
	mask reg.OpmaskVirtual
	bits reg.VecVirtual
}

func (c choice) all() bool { return c.mask == nil && c.bits == nil }

// ones is memory with 8 words of ones and then 8 of zeros: 8 words that begin n
// words before the zeros choose n lanes.
var ones Mem

// first chooses the first so many lanes, at most all.
func (s set) first(left reg.GPVirtual) choice {
	count, most := GP64(), GP64()
	MOVQ(left, count)
	MOVQ(U32(uint32(s.lanes)), most)
	CMPQ(count, most)
	CMOVQGT(most, count)
	if !s.wide() {
		base, bits := GP64(), YMM()
		NEGQ(count)
		LEAQ(ones.Offset(32), base)
		VMOVUPS(Mem{Base: base, Index: count, Scale: 4}, bits)
		return choice{bits: bits}
	}
	all, mask := GP32(), K()
	MOVL(U32(0xffff), all)
	BZHIL(count.As32(), all, all)
	KMOVW(all, mask)
	return choice{mask: mask}
}

func (s set) zero() reg.VecVirtual {
	v := s.vector()
	if s.wide() {
		VPXORD(v, v, v)
	} else {
		VXORPS(v, v, v)
	}
	return v
}

// load gives the chosen lanes of memory, and 0 for the others.
func (s set) load(from Mem, c choice) reg.VecVirtual {
	v := s.vector()
	switch {
	case c.all():
		VMOVUPS(from, v)
	case s.wide():
		VMOVUPS_Z(from, c.mask, v)
	default:
		VMASKMOVPS(from, c.bits, v)
	}
	return v
}

// store writes the chosen lanes.
func (s set) store(v reg.VecVirtual, to Mem, c choice) {
	switch {
	case c.all():
		VMOVUPS(v, to)
	case s.wide():
		VMOVUPS(v, c.mask, to)
	default:
		VMASKMOVPS(v, c.bits, to)
	}
}

func (s set) broadcast(from Mem) reg.VecVirtual {
	v := s.vector()
	VBROADCASTSS(from, v)
	return v
}

// number is a vector of one number.
func (s set) number(n reg.GPVirtual) reg.VecVirtual {
	v := s.vector()
	if s.wide() {
		VPBROADCASTD(n.As32(), v)
		return v
	}
	x := XMM()
	VMOVD(n.As32(), x)
	VPBROADCASTD(x, v)
	return v
}

// Comparisons, as VCMPPS numbers them: neither is NaN; not less or equal, true
// if one is NaN.
const (
	ordered     = 7
	notLessOrEq = 6
)

// above chooses, of the lanes of c, those in which v is not at most floor.
func (s set) above(v, floor reg.VecVirtual, c choice) choice {
	if !s.wide() {
		bits := YMM()
		VCMPPS(Imm(notLessOrEq), floor, v, bits)
		return choice{bits: bits}
	}
	mask := K()
	if c.all() {
		VCMPPS(Imm(notLessOrEq), floor, v, mask)
	} else {
		VCMPPS(Imm(notLessOrEq), floor, v, c.mask, mask)
	}
	return choice{mask: mask}
}

// larger chooses the lanes in which value is larger than best, or NaN while best
// is not.
func (s set) larger(value, best reg.VecVirtual) choice {
	if !s.wide() {
		number, bits := YMM(), YMM()
		VCMPPS(Imm(ordered), best, best, number)
		VCMPPS(Imm(notLessOrEq), best, value, bits)
		VANDPS(number, bits, bits)
		return choice{bits: bits}
	}
	mask := K()
	VCMPPS(Imm(ordered), best, best, mask)
	VCMPPS(Imm(notLessOrEq), best, value, mask, mask)
	return choice{mask: mask}
}

// equal chooses the lanes in which two vectors of integers are equal.
func (s set) equal(a, b reg.VecVirtual) choice {
	if !s.wide() {
		bits := YMM()
		VPCMPEQD(a, b, bits)
		return choice{bits: bits}
	}
	mask := K()
	VPCMPEQD(a, b, mask)
	return choice{mask: mask}
}

// put replaces the chosen lanes of into.
func (s set) put(v, into reg.VecVirtual, c choice) {
	if s.wide() {
		VMOVAPS(v, c.mask, into)
	} else {
		VBLENDVPS(c.bits, v, into, into)
	}
}

// putNumber replaces the chosen lanes of into by a number in memory.
func (s set) putNumber(n Mem, into reg.VecVirtual, c choice) {
	if s.wide() {
		VPBROADCASTD(n, c.mask, into)
		return
	}
	v := YMM()
	VPBROADCASTD(n, v)
	s.put(v, into, c)
}

// only is v in the chosen lanes, and 0 in the others.
func (s set) only(v reg.VecVirtual, c choice) reg.VecVirtual {
	into := s.vector()
	if s.wide() {
		VMOVAPS_Z(v, c.mask, into)
	} else {
		VANDPS(v, c.bits, into)
	}
	return into
}

// loadOnly is load for the lanes of both choices; above is one of lanes in c.
func (s set) loadOnly(from Mem, c, above choice) reg.VecVirtual {
	if s.wide() {
		return s.load(from, above)
	}
	v := s.load(from, c)
	VANDPS(v, above.bits, v)
	return v
}

// add adds v to the chosen lanes of into.
func (s set) add(v, into reg.VecVirtual, c choice) {
	if s.wide() {
		VADDPS(v, into, c.mask, into)
		return
	}
	VADDPS(s.only(v, c), into, into)
}

// loadBytes widens so many bytes as there are lanes.
func (s set) loadBytes(from Mem) reg.VecVirtual {
	v := s.vector()
	VPMOVZXBD(from, v)
	return v
}

// storeBytes narrows numbers below 256 to so many bytes as there are lanes.
func (s set) storeBytes(v reg.VecVirtual, to Mem) {
	if s.wide() {
		VPMOVDB(v, to)
		return
	}
	high, low := XMM(), v.AsX()
	VEXTRACTI128(Imm(1), v, high)
	VPACKUSDW(high, low, high)
	VPACKUSWB(high, high, high)
	VMOVQ(high, to)
}
