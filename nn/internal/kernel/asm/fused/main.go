// Command fused writes the assembly of the passes that are worked together with
// a convolution. Run it by `go generate` in package kernel; its output is
// committed.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func main() {
	ConstraintExpr("!purego")
	numbers = GLOBL("numbers", RODATA|NOPTR)
	for i := range 16 {
		DATA(4*i, U32(uint32(i)))
	}
	crest()
	spread()
	scatter()
	against()
	moments()
	rectify()
	gate()
	peak(1)
	peak(2)
	picks()
	Generate()
}

// numbers is a vector of 0, 1, 2, …
var numbers Mem

// Comparisons, as VCMPPS numbers them: neither is NaN; not less or equal, true
// if one is NaN.
const (
	ordered     = 7
	notLessOrEq = 6
)

// lanes is the number of elements of a vector.
const lanes = 16

// object addresses the fields of the struct that a function gets.
type object struct{ at reg.GPVirtual }

func begin(name, parameter string) object {
	TEXT("avx512"+name, NOSPLIT, "func("+parameter+" *byte)")
	return object{Load(Param(parameter), GP64()).(reg.GPVirtual)}
}

func (o object) field(offset int) Mem { return Mem{Base: o.at, Disp: offset} }

func (o object) load(offset int) reg.GPVirtual {
	r := GP64()
	MOVQ(o.field(offset), r)
	return r
}

// bytes is a field that counts elements, in bytes.
func (o object) bytes(offset int) reg.GPVirtual {
	r := o.load(offset)
	SHLQ(Imm(2), r)
	return r
}

func (o object) broadcast(offset int) reg.VecVirtual {
	v := ZMM()
	VBROADCASTSS(o.field(offset), v)
	return v
}

// masked is a mask for the first so many lanes, at most all.
func masked(left reg.GPVirtual) reg.OpmaskVirtual {
	count, most, all := GP64(), GP64(), GP32()
	MOVQ(left, count)
	MOVQ(U32(lanes), most)
	CMPQ(count, most)
	CMOVQGT(most, count)
	MOVL(U32(0xffff), all)
	BZHIL(count.As32(), all, all)
	k := K()
	KMOVW(all, k)
	return k
}

func zero() reg.VecVirtual {
	v := ZMM()
	VPXORD(v, v, v)
	return v
}

func loaded(from Mem, k reg.OpmaskVirtual) reg.VecVirtual {
	v := ZMM()
	VMOVUPS_Z(from, k, v)
	return v
}

func end() {
	VZEROUPPER()
	RET()
}

// replace puts value and its code where it is larger than best, or NaN while
// best is not.
func replace(value, best, code reg.VecVirtual, number Op) (found reg.OpmaskVirtual) {
	found = K()
	VCMPPS(Imm(ordered), best, best, found)
	VCMPPS(Imm(notLessOrEq), best, value, found, found)
	VMOVAPS(value, found, best)
	VPBROADCASTD(number, found, code)
	return found
}
