package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.AdamStep[float32]; a test in that package holds them
// to the struct.
const (
	offsetAdamValue   = 0
	offsetAdamGrad    = 24
	offsetAdamCount   = 32 // the length of the slice of gradients
	offsetAdamMean    = 48
	offsetAdamSquare  = 72
	offsetAdamRate    = 96
	offsetAdamRest1   = 100
	offsetAdamRest2   = 104
	offsetAdamEpsilon = 108
)

// adam writes a step of Adam. It takes the steps of the plain one, without fused
// ones, and so gives the same bits.
func adam(f family) {
	TEXT(f.name+"Adam", NOSPLIT, "func(a *byte)")
	a := Load(Param("a"), GP64())
	field := func(offset int) Mem { return Mem{Base: a, Disp: offset} }
	load := func(offset int) reg.GPVirtual {
		into := GP64()
		MOVQ(field(offset), into)
		return into
	}
	spread := func(offset int) reg.VecVirtual {
		v := f.vector()
		VBROADCASTSS(field(offset), v)
		return v
	}
	w, g, m, v := load(offsetAdamValue), load(offsetAdamGrad), load(offsetAdamMean), load(offsetAdamSquare)
	left := load(offsetAdamCount)
	rate, rest1, rest2, epsilon := spread(offsetAdamRate), spread(offsetAdamRest1), spread(offsetAdamRest2), spread(offsetAdamEpsilon)
	lanes := f.bytes / 4
	step := func(get func(from Mem) reg.VecVirtual, put func(v reg.VecVirtual, to Mem)) {
		grad, mean, square, value := get(Mem{Base: g}), get(Mem{Base: m}), get(Mem{Base: v}), get(Mem{Base: w})
		away := f.vector()
		VSUBPS(mean, grad, away)
		VMULPS(rest1, away, away)
		VADDPS(away, mean, mean)
		put(mean, Mem{Base: m})
		VMULPS(grad, grad, grad)
		VSUBPS(square, grad, grad)
		VMULPS(rest2, grad, grad)
		VADDPS(grad, square, square)
		put(square, Mem{Base: v})
		VSQRTPS(square, square)
		VADDPS(epsilon, square, square)
		VMULPS(rate, mean, mean)
		VDIVPS(square, mean, mean)
		VSUBPS(mean, value, value)
		put(value, Mem{Base: w})
	}
	SUBQ(Imm(uint64(lanes)), left)
	JL(LabelRef("rest"))
	Label("vectors")
	step(func(from Mem) reg.VecVirtual {
		into := f.vector()
		VMOVUPS(from, into)
		return into
	}, func(v reg.VecVirtual, to Mem) { VMOVUPS(v, to) })
	for _, pointer := range []reg.GPVirtual{w, g, m, v} {
		ADDQ(Imm(uint64(f.bytes)), pointer)
	}
	SUBQ(Imm(uint64(lanes)), left)
	JGE(LabelRef("vectors"))
	Label("rest")
	ADDQ(Imm(uint64(lanes)), left)
	JZ(LabelRef("done"))
	f.prepare(left)
	step(func(from Mem) reg.VecVirtual {
		into := f.vector()
		f.loadLast(from, into)
		return into
	}, func(v reg.VecVirtual, to Mem) { f.storeLast(v, to) })
	Label("done")
	VZEROUPPER()
	RET()
}
