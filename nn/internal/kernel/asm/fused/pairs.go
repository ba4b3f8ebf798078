package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.pairs[float32]; a test in that package holds them
// to the struct.
const (
	pairsX       = 0
	pairsLeft    = 8
	pairsV       = 24
	pairsFirst   = 48
	pairsSecond  = 112
	pairsSign    = 176
	pairsVectors = 240
	pairsStep    = 248
	pairsVStep   = 256
)

// pair writes how a row becomes points.
func pair(s set) {
	o := s.begin("Pair", "q")
	x, left, v, vectors := o.word(pairsX), o.word(pairsLeft), o.word(pairsV), o.word(pairsVectors)
	first := o.load(o.field(pairsFirst), choice{})
	second := o.load(o.field(pairsSecond), choice{})
	sign := o.load(o.field(pairsSign), choice{})
	step, vStep := o.bytes(pairsStep), o.bytes(pairsVStep)
	Label("vector")
	from, sum, other := o.load(Mem{Base: x}, o.first(left)), o.vector(), o.vector()
	VPERMPS(from, first, sum)
	VPERMPS(from, second, other)
	VFMADD231PS(sign, other, sum)
	o.store(sum, Mem{Base: v}, choice{})
	ADDQ(step, x)
	ADDQ(vStep, v)
	SUBQ(o.field(pairsStep), left)
	DECQ(vectors)
	JNZ(LabelRef("vector"))
	end()
}

// paired writes the convolution of windows of 2×2×2 outputs by F(2, 3) along the row,
// with so many vectors of channels, and what is done to them. Of each pair of outputs
// it sums two points, joins them, and sums the other two on top.
func paired(s set, name string, vectors int, finish func(p *peaks, sums [corners][]reg.VecVirtual)) {
	o := s.begin(fmt.Sprintf("%s%d", name, vectors), "t")
	p := newPeaks(o, vectors)
	const pairs = corners / 2
	var at [pairs]reg.GPVirtual
	for i := range at {
		at[i] = o.bytes(peakCorners + 8*i)
		ADDQ(p.a, at[i])
	}
	step := o.bytes(peakStep)
	bStep := o.bytes(peakBStep)
	Label("window")
	// The sums of the two points of a pair lie where its outputs will be.
	sums := p.zeros()
	p.bias(func(v int, bias reg.VecVirtual) {
		for i := range pairs {
			VMOVAPS(bias, sums[2*i][v])
		}
	})
	b := o.word(peakB)
	for pass := range 2 {
		label := func(name string) string { return fmt.Sprintf("%s%d", name, pass) }
		run, runs := o.word(peakRuns), o.word(peakNumber)
		Label(label("run"))
		place, left := GP64(), o.word(peakLength)
		MOVQ(Mem{Base: run}, place)
		SHLQ(Imm(2), place)
		Label(label("step"))
		var weights [2][]reg.VecVirtual
		for point := range weights {
			for v := range vectors {
				from := Mem{Base: b, Disp: 4 * o.lanes * v}
				if point == 1 {
					from.Index, from.Scale = bStep, 1
				}
				weights[point] = append(weights[point], o.load(from, choice{}))
			}
		}
		for i := range pairs {
			for point := range weights {
				from := Mem{Base: at[i], Index: place, Scale: 1, Disp: 4 * (2*pass + point)}
				if vectors == 1 && o.wide() {
					VFMADD231PS_BCST(from, weights[point][0], sums[2*i+point][0])
					continue
				}
				factor := o.broadcast(from)
				for v := range vectors {
					VFMADD231PS(factor, weights[point][v], sums[2*i+point][v])
				}
			}
		}
		ADDQ(Imm(16), place)
		LEAQ(Mem{Base: b, Index: bStep, Scale: 2}, b)
		DECQ(left)
		JNZ(LabelRef(label("step")))
		ADDQ(Imm(16), run)
		DECQ(runs)
		JNZ(LabelRef(label("run")))
		if pass == 0 {
			for i := range pairs {
				for v := range vectors {
					plus, minus, sum := sums[2*i][v], sums[2*i+1][v], o.vector()
					VADDPS(minus, plus, sum)
					VSUBPS(minus, plus, minus)
					sums[2*i][v] = sum
				}
			}
		}
	}
	finish(p, sums)
	for i := range at {
		ADDQ(step, at[i])
	}
	p.next()
}

// whole stores the corners.
func (p *peaks) whole(sums [corners][]reg.VecVirtual) {
	plane, row, column := p.bytes(peakPlane), p.bytes(peakRow), p.bytes(peakYStep)
	for pair := range corners / 2 {
		at := GP64()
		MOVQ(p.y, at)
		if pair/2 == 1 {
			ADDQ(plane, at)
		}
		if pair%2 == 1 {
			ADDQ(row, at)
		}
		for side := range 2 {
			for v, sum := range sums[2*pair+side] {
				to := Mem{Base: at, Disp: 4 * p.object.lanes * v}
				if side == 1 {
					to.Index, to.Scale = column, 1
				}
				p.store(sum, to, p.lanes(v))
			}
		}
	}
	LEAQ(Mem{Base: p.y, Index: column, Scale: 2}, p.y)
}
