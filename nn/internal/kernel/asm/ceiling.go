package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// ceilingSums is how many sums are in flight, more than hide the latency, and no
// vector but the two factors beside them.
const ceilingSums = 12

// ceiling writes the loop that does nothing but multiply and add.
func ceiling(f family) {
	TEXT(f.name+"Ceiling", NOSPLIT, "func(steps int)")
	left := Load(Param("steps"), GP64())
	x, y := f.vector(), f.vector()
	zero(f, x)
	zero(f, y)
	sums := make([]reg.VecVirtual, ceilingSums)
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
