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
	ones = GLOBL("ones", RODATA|NOPTR)
	for i := range 8 {
		DATA(4*i, U32(0xffffffff))
	}
	for i := range 8 {
		DATA(4*(8+i), U32(0))
	}
	for _, s := range []set{avx512, avx2} {
		crest(s)
		spread(s)
		scatter(s)
		against(s)
		moments(s)
		rectify(s)
		gate(s)
	}
	peak(avx512, 1)
	peak(avx512, 2)
	peak(avx2, 1)
	pair(avx512)
	pair(avx2)
	for vectors := 1; vectors <= 2; vectors++ {
		paired(avx512, "PairedPeak", vectors, (*peaks).finish)
		paired(avx512, "PairedOutputs", vectors, (*peaks).whole)
		paired(avx512, "PairedMeasured", vectors, (*peaks).measured)
	}
	paired(avx2, "PairedPeak", 1, (*peaks).finish)
	paired(avx2, "PairedOutputs", 1, (*peaks).whole)
	paired(avx2, "PairedMeasured", 1, (*peaks).measured)
	picks()
	halfPicks()
	Generate()
}

// numbers is a vector of 0, 1, 2, …
var numbers Mem

// object addresses the fields of the struct that a function gets.
type object struct {
	set
	at reg.GPVirtual
}

func (s set) begin(name, parameter string) object {
	TEXT(s.name+name, NOSPLIT, "func("+parameter+" *byte)")
	return object{s, Load(Param(parameter), GP64()).(reg.GPVirtual)}
}

func (o object) field(offset int) Mem { return Mem{Base: o.at, Disp: offset} }

func (o object) word(offset int) reg.GPVirtual {
	r := GP64()
	MOVQ(o.field(offset), r)
	return r
}

// bytes is a field that counts elements, in bytes.
func (o object) bytes(offset int) reg.GPVirtual {
	r := o.word(offset)
	SHLQ(Imm(2), r)
	return r
}

func end() {
	VZEROUPPER()
	RET()
}
