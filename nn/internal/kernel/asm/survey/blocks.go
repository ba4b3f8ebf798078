package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// fill adds up rows of columns onto the first one, and the blocks of that, of every
// run. The fields are those of filling.
func fill() {
	TEXT("avx512Fill", NOSPLIT, "func(f *byte)")
	at := Load(Param("f"), GP64()).(reg.GPVirtual)
	field := func(i int) Mem { return Mem{Base: at, Disp: 8 * i} }
	row, width, sums, left, n := GP64(), GP64(), GP64(), GP64(), GP64()
	from, rest, to := GP64(), GP64(), GP64()
	MOVQ(field(0), row)
	MOVQ(field(2), width)
	MOVQ(field(5), sums)

	Label("run")
	MOVQ(field(1), left)
	LEAQ(Mem{Base: row, Index: width, Scale: 8}, rest)
	SUBQ(width, left)
	JLE(LabelRef("blocks"))
	Label("row")
	MOVQ(left, n)
	CMPQ(n, width)
	CMOVQGT(width, n)
	MOVQ(row, to)
	MOVQ(rest, from)
	Label("columns")
	CMPQ(n, Imm(8))
	JL(LabelRef("few"))
	x := ZMM()
	VMOVUPD(Mem{Base: to}, x)
	VADDPD(Mem{Base: from}, x, x)
	VMOVUPD(x, Mem{Base: to})
	ADDQ(Imm(64), from)
	ADDQ(Imm(64), to)
	SUBQ(Imm(8), n)
	JMP(LabelRef("columns"))
	Label("few")
	TESTQ(n, n)
	JZ(LabelRef("added"))
	mask, y, z := chosen(n), ZMM(), ZMM()
	VMOVUPD_Z(Mem{Base: to}, mask, y)
	VMOVUPD_Z(Mem{Base: from}, mask, z)
	VADDPD(z, y, y)
	VMOVUPD(y, mask, Mem{Base: to})
	Label("added")
	LEAQ(Mem{Base: rest, Index: width, Scale: 8}, rest)
	SUBQ(width, left)
	JG(LabelRef("row"))

	Label("blocks")
	begun, end, blocks, here := GP64(), GP64(), GP64(), GP64()
	XORQ(begun, begun)
	MOVQ(field(3), end)
	MOVQ(field(4), blocks)
	MOVQ(sums, here)
	Label("block")
	total, half, quarter, one := ZMM(), YMM(), XMM(), XMM()
	MOVQ(Mem{Base: end}, n)
	LEAQ(Mem{Base: row, Index: begun, Scale: 8}, from)
	SUBQ(begun, n)
	MOVQ(Mem{Base: end}, begun)
	CMPQ(n, Imm(4))
	JLE(LabelRef("short"))
	VPXORQ(total, total, total)
	Label("lanes")
	CMPQ(n, Imm(8))
	JL(LabelRef("lane"))
	VADDPD(Mem{Base: from}, total, total)
	ADDQ(Imm(64), from)
	SUBQ(Imm(8), n)
	JMP(LabelRef("lanes"))
	Label("lane")
	mask, z = chosen(n), ZMM()
	VMOVUPD_Z(Mem{Base: from}, mask, z)
	VADDPD(z, total, total)
	VEXTRACTF64X4(Imm(1), total, half)
	VADDPD(half, total.AsY(), half)
	JMP(LabelRef("reduce"))
	Label("short") // the other half would be 0
	mask = chosen(n)
	VMOVUPD_Z(Mem{Base: from}, mask, total)
	VMOVAPD(total.AsY(), half)
	Label("reduce")
	VEXTRACTF128(Imm(1), half, quarter)
	VADDPD(quarter, half.AsX(), quarter)
	VPERMILPD(Imm(1), quarter, one)
	VADDSD(one, quarter, quarter)
	VADDSD(Mem{Base: here}, quarter, quarter)
	VMOVSD(quarter, Mem{Base: here})
	ADDQ(Imm(8), end)
	ADDQ(Imm(8), here)
	DECQ(blocks)
	JNZ(LabelRef("block"))

	for i, pointer := range []reg.GPVirtual{row, sums} {
		apart := GP64()
		MOVQ(field([]int{1, 7}[i]), apart)
		LEAQ(Mem{Base: pointer, Index: apart, Scale: 8}, pointer)
	}
	DECQ(field(6))
	JNZ(LabelRef("run"))
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
