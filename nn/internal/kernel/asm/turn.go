package main

import (
	"math/bits"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.turn[float32]; a test in that package holds
// them to the struct.
const (
	offsetTurnFrom     = 0
	offsetTurnTo       = 24
	offsetTurnFromStep = 48
	offsetTurnToStep   = 56
	offsetTurnRows     = 64
	offsetTurnCols     = 72
)

// turn writes the transposition of a matrix, in blocks that fill a vector in both
// directions. Rows behind the last are read as the last, and cut off when they are
// stored.
func turn(f, across family) {
	TEXT(f.name+"Turn", NOSPLIT, "func(t *byte)")
	t := Load(Param("t"), GP64())
	field := func(offset int) Mem { return Mem{Base: t, Disp: offset} }
	lanes := f.bytes / 4
	load := func(offset int) reg.GPVirtual {
		into := GP64()
		MOVQ(field(offset), into)
		return into
	}
	atMost := func(left reg.GPVirtual) reg.GPVirtual {
		n, most := GP64(), GP64()
		MOVQ(left, n)
		MOVQ(U32(uint32(lanes)), most)
		CMPQ(n, most)
		CMOVQGT(most, n)
		return n
	}
	fromStep, toStep := load(offsetTurnFromStep), load(offsetTurnToStep)
	SHLQ(Imm(2), fromStep)
	SHLQ(Imm(2), toStep)
	from, to, rows := load(offsetTurnFrom), load(offsetTurnTo), load(offsetTurnRows)
	TESTQ(rows, rows)
	JLE(LabelRef("done"))

	Label("rows")
	across.prepare(atMost(rows))
	source, target, cols := GP64(), GP64(), load(offsetTurnCols)
	MOVQ(from, source)
	MOVQ(to, target)
	TESTQ(cols, cols)
	JLE(LabelRef("done"))
	Label("cols")
	f.prepare(atMost(cols))
	at := GP64()
	MOVQ(source, at)
	block := make([]reg.VecVirtual, lanes)
	for i := range block {
		block[i] = f.vector()
		f.loadLast(Mem{Base: at}, block[i])
		if i+1 < lanes {
			next := GP64()
			LEAQ(Mem{Base: at, Index: fromStep, Scale: 1}, next)
			CMPQ(rows, Imm(uint64(i+1)))
			CMOVQGT(next, at)
		}
	}
	MOVQ(target, at)
	for i, v := range transposed(f, block) {
		if i > 0 {
			CMPQ(cols, Imm(uint64(i)))
			JLE(LabelRef("next"))
			ADDQ(toStep, at)
		}
		across.storeLast(v, Mem{Base: at})
	}
	Label("next")
	ADDQ(Imm(uint64(f.bytes)), source)
	advance(target, toStep, lanes)
	SUBQ(Imm(uint64(lanes)), cols)
	JG(LabelRef("cols"))
	advance(from, fromStep, lanes)
	ADDQ(Imm(uint64(f.bytes)), to)
	SUBQ(Imm(uint64(lanes)), rows)
	JG(LabelRef("rows"))
	Label("done")
	VZEROUPPER()
	RET()
}

// advance moves a pointer by so many steps, a power of two.
func advance(pointer, step reg.GPVirtual, times int) {
	far := GP64()
	MOVQ(step, far)
	SHLQ(Imm(uint64(bits.TrailingZeros(uint(times)))), far)
	ADDQ(far, pointer)
}

// transposed gives the columns of a square block of rows.
func transposed(f family, rows []reg.VecVirtual) []reg.VecVirtual {
	quarters := len(rows) / 4
	// fours[k][g] has, in its 128-bit lane l, column 4l+k of rows 4g to 4g+3.
	var fours [4][]reg.VecVirtual
	for g := range quarters {
		r := rows[4*g : 4*g+4]
		var pairs [4]reg.VecVirtual
		for i := range 2 {
			pairs[2*i], pairs[2*i+1] = f.vector(), f.vector()
			VUNPCKLPS(r[2*i+1], r[2*i], pairs[2*i])
			VUNPCKHPS(r[2*i+1], r[2*i], pairs[2*i+1])
		}
		for k := range 4 {
			v := f.vector()
			if k%2 == 0 {
				VUNPCKLPD(pairs[2+k/2], pairs[k/2], v)
			} else {
				VUNPCKHPD(pairs[2+k/2], pairs[k/2], v)
			}
			fours[k] = append(fours[k], v)
		}
	}
	columns := make([]reg.VecVirtual, len(rows))
	if quarters == 2 {
		for k, v := range fours {
			columns[k], columns[4+k] = f.vector(), f.vector()
			VPERM2F128(Imm(0x20), v[1], v[0], columns[k])
			VPERM2F128(Imm(0x31), v[1], v[0], columns[4+k])
		}
		return columns
	}
	const even, odd = 0x88, 0xdd // of the lanes of both operands
	pick := func(which int, a, b reg.VecVirtual) reg.VecVirtual {
		v := f.vector()
		VSHUFF32X4(Imm(uint64(which)), b, a, v)
		return v
	}
	for k, v := range fours {
		for i, which := range []int{even, odd} {
			front, back := pick(which, v[0], v[1]), pick(which, v[2], v[3])
			columns[4*i+k] = pick(even, front, back)
			columns[8+4*i+k] = pick(odd, front, back)
		}
	}
	return columns
}
