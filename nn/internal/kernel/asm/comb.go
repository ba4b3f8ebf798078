package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.comb[float32]; a test in that package holds
// them to the struct.
const (
	offsetCombA      = 0
	offsetCombB      = 24
	offsetCombC      = 48
	offsetCombBias   = 72
	offsetCombRuns   = 96
	offsetCombNumber = 104
	offsetCombARow   = 120
	offsetCombCRow   = 128
	offsetCombCount  = 136
	offsetCombLast   = 144
)

// comb writes the kernel of depthwise convolution: one vector of channels, a row
// of positions, 8 of them at a time while there are as many, then 4, then 1.
func comb(f family) {
	TEXT(f.name+"Comb", NOSPLIT, "func(t *byte)")
	t := Load(Param("t"), GP64())
	field := func(offset int) Mem { return Mem{Base: t, Disp: offset} }
	f.prepare(field(offsetCombLast))
	bias := f.vector()
	zero(f, bias)
	from := GP64()
	MOVQ(field(offsetCombBias), from)
	TESTQ(from, from)
	JZ(LabelRef("begin"))
	f.loadLast(Mem{Base: from}, bias)
	Label("begin")
	aRow, cRow, left, c, ahead := GP64(), GP64(), GP64(), GP64(), GP64()
	MOVQ(field(offsetCombARow), aRow)
	SHLQ(Imm(2), aRow)
	MOVQ(field(offsetCombCRow), cRow)
	SHLQ(Imm(2), cRow)
	MOVQ(field(offsetCombCount), left)
	MOVQ(field(offsetCombC), c)
	// ahead is where a begins for the present position.
	MOVQ(field(offsetCombA), ahead)
	eitherVersion(f, field(offsetCombLast), func(whole bool, version string) {
		for _, positions := range []int{8, 4, 1} {
			label := func(name string) string { return fmt.Sprintf("%s%s%d", version, name, positions) }
			Label(label("positions"))
			CMPQ(left, Imm(uint64(positions)))
			JL(LabelRef(label("end")))
			sums := make([]reg.VecVirtual, positions)
			for i := range sums {
				sums[i] = f.vector()
				VMOVAPS(bias, sums[i])
			}
			run, runs := GP64(), GP64()
			MOVQ(field(offsetCombRuns), run)
			MOVQ(field(offsetCombNumber), runs)
			TESTQ(runs, runs)
			JZ(LabelRef(label("store")))
			Label(label("taps"))
			a := newRowPointers(positions)
			a.stride = aRow
			MOVQ(Mem{Base: run}, a.pointers[0])
			LEAQ(Mem{Base: ahead, Index: a.pointers[0], Scale: 4}, a.pointers[0])
			for j := 1; j < len(a.pointers); j++ {
				LEAQ(Mem{Base: a.pointers[j-1], Index: aRow, Scale: 2}, a.pointers[j])
				ADDQ(aRow, a.pointers[j])
			}
			b, w := GP64(), f.vector()
			MOVQ(Mem{Base: run, Disp: 8}, b)
			SHLQ(Imm(2), b)
			ADDQ(field(offsetCombB), b)
			if whole {
				VMOVUPS(Mem{Base: b}, w)
			} else {
				f.loadLast(Mem{Base: b}, w)
			}
			for i := range sums {
				if whole {
					VFMADD231PS(a.at(i), w, sums[i])
					continue
				}
				x := f.vector()
				f.loadLast(a.at(i), x)
				VFMADD231PS(x, w, sums[i])
			}
			ADDQ(Imm(16), run)
			DECQ(runs)
			JNZ(LabelRef(label("taps")))
			Label(label("store"))
			for i := range sums {
				f.storeLast(sums[i], Mem{Base: c})
				ADDQ(cRow, c)
				ADDQ(aRow, ahead)
			}
			SUBQ(Imm(uint64(positions)), left)
			JMP(LabelRef(label("positions")))
			Label(label("end"))
		}
	})
	VZEROUPPER()
	RET()
}

// eitherVersion writes a version of something for a last vector that is whole, and one
// for a shorter one. To load some lanes of a vector takes a multiplication's place in
// the processor, to load all of them does not.
func eitherVersion(f family, last Mem, write func(whole bool, name string)) {
	CMPQ(last, Imm(uint64(f.bytes/4)))
	JNE(LabelRef("part"))
	write(true, "whole")
	JMP(LabelRef("finish"))
	Label("part")
	write(false, "part")
	Label("finish")
}
