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
// of channels, whose sums stay in registers.
func peak(s set, vectors int) {
	o := s.begin(fmt.Sprintf("Peak%d", vectors), "t")
	size := 4 * o.lanes
	last := o.first(o.word(peakLastLane))
	lanes := func(v int) choice {
		if v == vectors-1 {
			return last
		}
		return choice{}
	}
	floor := o.broadcast(o.field(peakFloor))
	a, y, code := o.word(peakA), o.word(peakY), o.word(peakCode)
	aside, bStep := o.bytes(peakAside), o.bytes(peakBStep)
	windows := AllocLocal(8)
	count := o.word(peakCount)
	MOVQ(count, windows)
	TESTQ(count, count)
	JZ(LabelRef("done"))

	Label("window")
	sums := make([][]reg.VecVirtual, corners)
	for i := range sums {
		for range vectors {
			sums[i] = append(sums[i], o.zero())
		}
	}
	base := o.word(peakBias)
	TESTQ(base, base)
	JZ(LabelRef("noBias"))
	for v := range vectors {
		from := o.load(Mem{Base: base, Disp: size * v}, lanes(v))
		for i := range corners {
			VMOVAPS(from, sums[i][v])
		}
	}
	Label("noBias")
	run, runs := o.word(peakRuns), o.word(peakNumber)
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
	left := o.word(peakLength)
	Label("step")
	weights := make([]reg.VecVirtual, vectors)
	for v := range weights {
		weights[v] = o.load(Mem{Base: b, Disp: size * v}, lanes(v))
	}
	for i := range corners {
		from := Mem{Base: at[i/2]}
		if i%2 == 1 {
			from.Index, from.Scale = aside, 1
		}
		if vectors == 1 && o.wide() {
			VFMADD231PS_BCST(from, weights[0], sums[i][0])
			continue
		}
		factor := o.broadcast(from)
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
		values := make([]reg.VecVirtual, corners)
		for i := range values {
			values[i] = sums[i][v]
		}
		best, code := o.largest(values)
		codes[v] = code
		VMAXPS(best, floor, best)
		o.store(best, Mem{Base: y, Disp: size * v}, lanes(v))
	}
	TESTQ(code, code)
	JZ(LabelRef("noCode"))
	for v := range vectors {
		o.storeBytes(codes[v], Mem{Base: code, Disp: o.lanes * v})
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

// largest chooses the first of the largest values, or the first NaN, and gives its
// number with it. Neighbours are compared first, then the better ones of them, so
// that few comparisons wait for others. It works in the values.
func (s set) largest(values []reg.VecVirtual) (best, number reg.VecVirtual) {
	codes := make([]reg.VecVirtual, len(values))
	for width := 1; width < len(values); width *= 2 {
		for i := 0; i < len(values); i += 2 * width {
			found := s.larger(values[i+width], values[i])
			s.put(values[i+width], values[i], found)
			if width > 1 {
				s.put(codes[i+width], codes[i], found)
				continue
			}
			codes[i] = s.zero()
			if i > 0 {
				codes[i] = s.broadcast(numbers.Offset(4 * i))
			}
			s.putNumber(numbers.Offset(4*(i+1)), codes[i], found)
		}
	}
	return values[0], codes[0]
}
