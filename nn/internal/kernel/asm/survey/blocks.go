package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// fill makes means of blocks out of columns that lie anywhere. The fields are those of
// filling.
func fill() {
	TEXT("avx512Fill", NOSPLIT, "func(f *byte)")
	at := Load(Param("f"), GP64()).(reg.GPVirtual)
	field := func(i int) Mem { return Mem{Base: at, Disp: 8 * i} }
	columns, index, vectors, means, shares, about := GP64(), GP64(), GP64(), GP64(), GP64(), ZMM()
	MOVQ(field(0), columns)
	MOVQ(field(1), index)
	MOVQ(field(3), vectors)
	MOVQ(field(4), means)
	MOVQ(field(5), shares)
	VBROADCASTSS(field(6), about)
	apart, left := GP64(), GP64()
	MOVQ(vectors, apart)
	SHLQ(Imm(6), apart)
	MOVQ(vectors, left)
	Label("vector")
	step, here, total := GP64(), GP64(), ZMM()
	MOVQ(field(2), step)
	MOVQ(index, here)
	VPXORQ(total, total, total)
	Label("step")
	lanes, x, all := ZMM(), ZMM(), K()
	VMOVDQU32(Mem{Base: here}, lanes)
	KXNORW(all, all, all)
	VPXORQ(x, x, x)
	VGATHERDPS(Mem{Base: columns, Index: lanes, Scale: 4}, all, x)
	VADDPS(x, total, total)
	ADDQ(apart, here)
	DECQ(step)
	JNZ(LabelRef("step"))
	VMULPS(Mem{Base: shares}, total, total)
	VADDPS(about, total, total)
	VMOVUPS(total, Mem{Base: means})
	ADDQ(Imm(64), index)
	ADDQ(Imm(64), means)
	ADDQ(Imm(64), shares)
	DECQ(left)
	JNZ(LabelRef("vector"))
	VZEROUPPER()
	RET()
}

// unrolled is the number of channels up to which the places of a channel's values
// stay in registers.
const unrolled = 4

func named(what string, count int) string { return fmt.Sprint(what, count) }

// parting takes a channel out of others. The fields are those of part.
func parting() {
	TEXT("avx512Part", NOSPLIT, "func(p *byte)")
	at := Load(Param("p"), GP64()).(reg.GPVirtual)
	field := func(i int) Mem { return Mem{Base: at, Disp: 8 * i} }
	from, into, left, channels, index := GP64(), GP64(), GP64(), GP64(), GP64()
	for i, register := range []reg.GPVirtual{from, into, left, channels, index} {
		MOVQ(field(i), register)
	}
	for count := 2; count <= unrolled; count++ {
		CMPQ(channels, Imm(uint64(count)))
		JEQ(LabelRef(named("channels", count)))
	}
	more, place, here, taken := GP64(), GP64(), GP64(), ZMM()
	Label("vector")
	VMOVUPS(Mem{Base: from}, taken)
	MOVQ(channels, more)
	MOVQ(index, place)
	MOVQ(from, here)
	DECQ(more)
	Label("more")
	ADDQ(Imm(64), here)
	lanes := ZMM()
	VMOVDQU32(Mem{Base: place}, lanes)
	ADDQ(Imm(64), place)
	VPERMT2PS(Mem{Base: here}, lanes, taken)
	DECQ(more)
	JNZ(LabelRef("more"))
	VMOVUPS(taken, Mem{Base: into})
	LEAQ(Mem{Base: here, Disp: 64}, from)
	ADDQ(Imm(64), into)
	DECQ(left)
	JNZ(LabelRef("vector"))
	JMP(LabelRef("done"))
	for count := 2; count <= unrolled; count++ {
		Label(named("channels", count))
		var lanes []reg.VecVirtual
		for i := range count - 1 {
			lanes = append(lanes, ZMM())
			VMOVDQU32(Mem{Base: index, Disp: 64 * i}, lanes[i])
		}
		Label(named("vectorOf", count))
		taken := ZMM()
		VMOVUPS(Mem{Base: from}, taken)
		for i := 1; i < count; i++ {
			VPERMT2PS(Mem{Base: from, Disp: 64 * i}, lanes[i-1], taken)
		}
		VMOVUPS(taken, Mem{Base: into})
		ADDQ(U32(uint32(64*count)), from)
		ADDQ(Imm(64), into)
		DECQ(left)
		JNZ(LabelRef(named("vectorOf", count)))
		JMP(LabelRef("done"))
	}
	Label("done")
	VZEROUPPER()
	RET()
}
