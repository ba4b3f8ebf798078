package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// peakSums is how many sums are in flight, more than hide the latency, and no
// vector but the two factors beside them.
const peakSums = 12

// peak writes the loop that does nothing but multiply and add.
func peak(f family) {
	TEXT(f.name+"Peak", NOSPLIT, "func(steps int)")
	left := Load(Param("steps"), GP64())
	x, y := f.vector(), f.vector()
	zero(f, x)
	zero(f, y)
	sums := make([]reg.VecVirtual, peakSums)
	for i := range sums {
		sums[i] = f.vector()
		zero(f, sums[i])
	}
	TESTQ(left, left)
	JZ(LabelRef("done"))
	Label("step")
	for _, sum := range sums {
		VFMADD231PS(x, y, sum)
	}
	DECQ(left)
	JNZ(LabelRef("step"))
	Label("done")
	VZEROUPPER()
	RET()
}
