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
	peakPlane    = 248
	peakRow      = 256
	peakCenter   = 264
	peakUpright  = 288
	peakFirst    = 312
	peakSecond   = 336
)

// corners are the outputs of a window of 2×2×2.
const corners = 8

// peaks is what kernels of windows of 2×2×2 outputs have in common: the windows of a
// row, so many vectors of channels, and what is done to the sums.
type peaks struct {
	object
	vectors    int
	last       choice
	floor      reg.VecVirtual
	a, y, code reg.GPVirtual
	// windows are those to come.
	windows Mem
}

func newPeaks(o object, vectors int) *peaks {
	p := &peaks{object: o, vectors: vectors, last: o.first(o.word(peakLastLane)), floor: o.broadcast(o.field(peakFloor))}
	p.a, p.y, p.code = o.word(peakA), o.word(peakY), o.word(peakCode)
	p.windows = AllocLocal(8)
	count := o.word(peakCount)
	MOVQ(count, p.windows)
	TESTQ(count, count)
	JZ(LabelRef("done"))
	return p
}

// lanes are those of a vector that there are channels for.
func (p *peaks) lanes(v int) choice {
	if v == p.vectors-1 {
		return p.last
	}
	return choice{}
}

// zeros are the sums of the corners, by vectors. They are made from another register:
// what is made from itself counts as read, and so as held since the last window.
func (p *peaks) zeros() (sums [corners][]reg.VecVirtual) {
	for i := range sums {
		for range p.vectors {
			v := p.vector()
			if p.wide() {
				VPXORD(p.floor, p.floor, v)
			} else {
				VXORPS(p.floor, p.floor, v)
			}
			sums[i] = append(sums[i], v)
		}
	}
	return sums
}

// bias does something with each vector of the bias, if there is one.
func (p *peaks) bias(with func(v int, bias reg.VecVirtual)) {
	base := p.word(peakBias)
	TESTQ(base, base)
	JZ(LabelRef("noBias"))
	for v := range p.vectors {
		with(v, p.load(Mem{Base: base, Disp: 4 * p.object.lanes * v}, p.lanes(v)))
	}
	Label("noBias")
}

// finish stores the largest of the corners, at least the floor, and its number.
func (p *peaks) finish(sums [corners][]reg.VecVirtual) {
	p.largestOf(sums, func(_ int, best reg.VecVirtual) { VMAXPS(best, p.floor, best) })
}

// measured adds the corners, from the centre, and their squares to sums of each channel,
// and stores the corner that is the largest the way that upright says.
func (p *peaks) measured(sums [corners][]reg.VecVirtual) {
	of := func(offset, v int) Mem {
		base := p.word(offset)
		return Mem{Base: base, Disp: 4 * p.object.lanes * v}
	}
	for v := range p.vectors {
		center, first, second := p.load(of(peakCenter, v), choice{}), of(peakFirst, v), of(peakSecond, v)
		sum, squares := p.load(first, choice{}), p.load(second, choice{})
		upright := of(peakUpright, v)
		for i := range corners {
			away := p.vector()
			VSUBPS(center, sums[i][v], away)
			VADDPS(away, sum, sum)
			VFMADD231PS(away, away, squares)
			VMULPS(upright, sums[i][v], sums[i][v])
		}
		p.store(sum, first, choice{})
		p.store(squares, second, choice{})
	}
	p.largestOf(sums, func(v int, best reg.VecVirtual) { VMULPS(of(peakUpright, v), best, best) })
}

// largestOf stores the largest of the corners, with something done to it, and its number.
func (p *peaks) largestOf(sums [corners][]reg.VecVirtual, with func(v int, best reg.VecVirtual)) {
	codes := make([]reg.VecVirtual, p.vectors)
	for v := range p.vectors {
		values := make([]reg.VecVirtual, corners)
		for i := range values {
			values[i] = sums[i][v]
		}
		best, code := p.largest(values)
		codes[v] = code
		with(v, best)
		p.store(best, Mem{Base: p.y, Disp: 4 * p.object.lanes * v}, p.lanes(v))
	}
	TESTQ(p.code, p.code)
	JZ(LabelRef("noCode"))
	for v := range p.vectors {
		p.storeBytes(codes[v], Mem{Base: p.code, Disp: p.object.lanes * v})
	}
	ADDQ(p.field(peakCodeStep), p.code)
	Label("noCode")
	ADDQ(p.bytes(peakYStep), p.y)
}

// next goes back for the next window, or ends.
func (p *peaks) next() {
	DECQ(p.windows)
	JNZ(LabelRef("window"))
	Label("done")
	end()
}

// peak writes the convolution of windows of 2×2×2 outputs with so many vectors
// of channels, whose sums stay in registers.
func peak(s set, vectors int) {
	o := s.begin(fmt.Sprintf("Peak%d", vectors), "t")
	p := newPeaks(o, vectors)
	aside, bStep := o.bytes(peakAside), o.bytes(peakBStep)

	Label("window")
	sums := p.zeros()
	p.bias(func(v int, bias reg.VecVirtual) {
		for i := range corners {
			VMOVAPS(bias, sums[i][v])
		}
	})
	run, runs := o.word(peakRuns), o.word(peakNumber)
	Label("run")
	var at [4]reg.GPVirtual
	start := GP64()
	MOVQ(Mem{Base: run}, start)
	for i := range at {
		at[i] = GP64()
		MOVQ(o.field(peakCorners+8*i), at[i])
		ADDQ(start, at[i])
		LEAQ(Mem{Base: p.a, Index: at[i], Scale: 4}, at[i])
	}
	b := GP64()
	MOVQ(Mem{Base: run, Disp: 8}, b)
	SHLQ(Imm(2), b)
	ADDQ(o.field(peakB), b)
	left := o.word(peakLength)
	Label("step")
	weights := make([]reg.VecVirtual, vectors)
	for v := range weights {
		weights[v] = o.load(Mem{Base: b, Disp: 4 * o.lanes * v}, p.lanes(v))
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
	p.finish(sums)
	ADDQ(o.bytes(peakStep), p.a)
	p.next()
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
