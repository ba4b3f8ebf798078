package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.fan[float32]; a test in that package holds
// them to the struct.
const (
	offsetFanA      = 0
	offsetFanB      = 24
	offsetFanC      = 48
	offsetFanTaps   = 72
	offsetFanRuns   = 96
	offsetFanNumber = 104
	offsetFanLength = 120
	offsetFanAStep  = 128
	offsetFanBStep  = 136
	offsetFanCRow   = 144
	offsetFanUsed   = 152
	offsetFanLast   = 160
)

// fanRows is the most rows of each of a fan's taps: with more of them there is no
// room for two taps, and tiles are as good.
func fanRows(f family) int {
	rows := 1
	for fanTaps(f, rows+1) > 1 {
		rows++
	}
	return rows
}

// fanTaps is how many taps a fan of so many rows has: their sums and a vector
// or two fill the registers, and each takes a pointer.
func fanTaps(f family, rows int) int {
	registers := 32 - 2
	if f.bytes == 32 {
		registers = 16 - 3
	}
	return min(9, registers/rows)
}

// fanAhead is how many bytes ahead b is fetched: b comes from far away, and so
// little of it is used at a time that the processor alone would not look far
// enough ahead.
const fanAhead = 4096

func fanName(family string, rows int) string { return fmt.Sprintf("%sFan%d", family, rows) }

// fan writes the micro-kernel that multiplies one vector of b by the rows of
// several taps. If lanewise, each tap has one row, a vector that is multiplied
// lane by lane.
func fan(f family, name string, rows int, lanewise bool) {
	TEXT(name, NOSPLIT, "func(t *byte)")
	t := Load(Param("t"), GP64())
	field := func(offset int) Mem { return Mem{Base: t, Disp: offset} }
	pointers := make([]reg.GPVirtual, fanTaps(f, rows))
	var sums []reg.VecVirtual
	for range len(pointers) * rows {
		v := f.vector()
		zero(f, v)
		sums = append(sums, v)
	}
	f.prepare(field(offsetFanLast))
	run, left, b := GP64(), GP64(), GP64()
	runs := AllocLocal(8)
	MOVQ(field(offsetFanNumber), left)
	MOVQ(left, runs)
	TESTQ(left, left)
	JZ(LabelRef("finish"))
	CMPQ(field(offsetFanLength), Imm(0))
	JE(LabelRef("finish"))
	MOVQ(field(offsetFanRuns), run)

	eitherVersion(f, field(offsetFanLast), func(whole bool, name string) {
		Label(name + "Run")
		{
			taps, from := b, left
			MOVQ(field(offsetFanTaps), taps)
			MOVQ(Mem{Base: run}, from)
			for g := range pointers {
				pointers[g] = GP64()
				MOVQ(Mem{Base: taps, Disp: 8 * g}, pointers[g])
				ADDQ(from, pointers[g])
				SHLQ(Imm(2), pointers[g])
				ADDQ(field(offsetFanA), pointers[g])
			}
			MOVQ(Mem{Base: run, Disp: 8}, b)
			SHLQ(Imm(2), b)
			ADDQ(field(offsetFanB), b)
			MOVQ(field(offsetFanLength), left)
			ADDQ(Imm(16), run)
		}
		Label(name + "Steps")
		{
			value := f.vector()
			if whole {
				VMOVUPS(Mem{Base: b}, value)
			} else {
				f.loadLast(Mem{Base: b}, value)
			}
			PREFETCHT0(Mem{Base: b, Disp: fanAhead})
			step := GP64()
			MOVQ(field(offsetFanAStep), step)
			for g, p := range pointers {
				for r := range rows {
					at, sum := Mem{Base: p, Disp: 4 * r}, sums[g*rows+r]
					switch {
					case lanewise && whole:
						VFMADD231PS(at, value, sum)
					case lanewise:
						factor := f.vector()
						f.loadLast(at, factor)
						VFMADD231PS(factor, value, sum)
					case f.bytes == 64:
						VFMADD231PS_BCST(at, value, sum)
					default:
						factor := f.vector()
						VBROADCASTSS(at, factor)
						VFMADD231PS(factor, value, sum)
					}
				}
				LEAQ(Mem{Base: p, Index: step, Scale: 4}, p)
			}
			MOVQ(field(offsetFanBStep), step)
			LEAQ(Mem{Base: b, Index: step, Scale: 4}, b)
			DECQ(left)
			JNZ(LabelRef(name + "Steps"))
		}
		DECQ(runs)
		JNZ(LabelRef(name + "Run"))
	})

	c, cRow, used := b, left, run
	MOVQ(field(offsetFanC), c)
	MOVQ(field(offsetFanCRow), cRow)
	SHLQ(Imm(2), cRow)
	MOVQ(field(offsetFanUsed), used)
	for g := range pointers {
		for r := range rows {
			old := f.vector()
			f.loadLast(Mem{Base: c}, old)
			VADDPS(old, sums[g*rows+r], old)
			f.storeLast(old, Mem{Base: c})
			ADDQ(cRow, c)
		}
		DECQ(used)
		JZ(LabelRef("done"))
	}
	Label("done")
	VZEROUPPER()
	RET()
}
