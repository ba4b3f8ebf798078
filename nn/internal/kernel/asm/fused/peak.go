package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.peakTile[float32]; a test in that package holds
// them to the struct.
const (
	peakA        = 0
	peakB        = 24
	peakBias     = 48
	peakY        = 72
	peakCode     = 96
	peakRuns     = 120
	peakNumber   = 128
	peakCorners  = 144
	peakAside    = 176
	peakStep     = 184
	peakLength   = 192
	peakBStep    = 200
	peakCount    = 208
	peakYStep    = 216
	peakCodeStep = 224
	peakLastLane = 232
	peakFloor    = 240
)

// corners are the outputs of a window of 2×2×2.
const corners = 8

// peak writes the convolution of windows of 2×2×2 outputs with so many vectors
// of channels: 16 sums in registers.
func peak(vectors int) {
	o := begin(fmt.Sprintf("Peak%d", vectors), "t")
	last := masked(o.load(peakLastLane))
	mask := func(v int) bool { return v == vectors-1 }
	floor := o.broadcast(peakFloor)
	a, y, code := o.load(peakA), o.load(peakY), o.load(peakCode)
	aside, bStep := o.bytes(peakAside), o.bytes(peakBStep)
	windows := AllocLocal(8)
	count := o.load(peakCount)
	MOVQ(count, windows)
	TESTQ(count, count)
	JZ(LabelRef("done"))

	Label("window")
	sums := make([][]reg.VecVirtual, corners)
	for i := range sums {
		for range vectors {
			sums[i] = append(sums[i], zero())
		}
	}
	base := o.load(peakBias)
	TESTQ(base, base)
	JZ(LabelRef("noBias"))
	for v := range vectors {
		from := Mem{Base: base, Disp: 64 * v}
		if mask(v) {
			VMOVUPS_Z(from, last, sums[0][v])
		} else {
			VMOVUPS(from, sums[0][v])
		}
		for i := 1; i < corners; i++ {
			VMOVAPS(sums[0][v], sums[i][v])
		}
	}
	Label("noBias")
	run, runs := o.load(peakRuns), o.load(peakNumber)
	Label("run")
	var at [4]reg.GPVirtual
	start := GP64()
	MOVQ(Mem{Base: run}, start)
	for i := range at {
		at[i] = GP64()
		MOVQ(o.field(peakCorners+8*i), at[i])
		ADDQ(start, at[i])
		LEAQ(Mem{Base: a, Index: at[i], Scale: 4}, at[i])
	}
	b := GP64()
	MOVQ(Mem{Base: run, Disp: 8}, b)
	SHLQ(Imm(2), b)
	ADDQ(o.field(peakB), b)
	left := o.load(peakLength)
	Label("step")
	weights := make([]reg.VecVirtual, vectors)
	for v := range weights {
		weights[v] = ZMM()
		if mask(v) {
			VMOVUPS_Z(Mem{Base: b, Disp: 64 * v}, last, weights[v])
		} else {
			VMOVUPS(Mem{Base: b, Disp: 64 * v}, weights[v])
		}
	}
	for i := range corners {
		from := Mem{Base: at[i/2]}
		if i%2 == 1 {
			from.Index, from.Scale = aside, 1
		}
		if vectors == 1 {
			VFMADD231PS_BCST(from, weights[0], sums[i][0])
			continue
		}
		factor := ZMM()
		VBROADCASTSS(from, factor)
		for v := range vectors {
			VFMADD231PS(factor, weights[v], sums[i][v])
		}
	}
	for i := range at {
		ADDQ(Imm(4), at[i])
	}
	ADDQ(bStep, b)
	DECQ(left)
	JNZ(LabelRef("step"))
	ADDQ(Imm(16), run)
	DECQ(runs)
	JNZ(LabelRef("run"))

	codes := make([]reg.VecVirtual, vectors)
	for v := range vectors {
		best := sums[0][v]
		codes[v] = zero()
		for i := 1; i < corners; i++ {
			replace(sums[i][v], best, codes[v], numbers.Offset(4*i))
		}
		VMAXPS(best, floor, best)
		if mask(v) {
			VMOVUPS(best, last, Mem{Base: y, Disp: 64 * v})
		} else {
			VMOVUPS(best, Mem{Base: y, Disp: 64 * v})
		}
	}
	TESTQ(code, code)
	JZ(LabelRef("noCode"))
	for v := range vectors {
		VPMOVDB(codes[v], Mem{Base: code, Disp: lanes * v})
	}
	ADDQ(o.field(peakCodeStep), code)
	Label("noCode")
	step := o.bytes(peakStep)
	ADDQ(step, a)
	step = o.bytes(peakYStep)
	ADDQ(step, y)
	DECQ(windows)
	JNZ(LabelRef("window"))
	Label("done")
	end()
}
