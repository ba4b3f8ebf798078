package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.panes[float32]; a test in that package holds
// them to the struct.
const (
	panesZ          = 0
	panesY          = 24
	panesDy         = 48
	panesPeak       = 72
	panesCode       = 96
	panesTaps       = 120
	panesTapCount   = 128
	panesCenter     = 144
	panesFactor     = 168
	panesOffset     = 192
	panesPull       = 216
	panesPush       = 240
	panesFirst      = 264
	panesSecond     = 288
	panesSlope      = 312
	panesCount      = 336
	panesStep       = 344
	panesChannels   = 352
	panesCodeStride = 360
	panesFloor      = 368
)

// walk is where the loops over windows and vectors of channels are.
type walk struct {
	object
	// z is the origin of the window, outputs the place of its first output in
	// bytes, codes that of its first code, channel the vector's first channel.
	z, outputs, codes, channel reg.GPVirtual
	mask                       reg.OpmaskVirtual
	floor                      reg.VecVirtual
}

// windows writes the loops.
func windows(name string, vector func(w *walk)) {
	w := &walk{object: begin(name, "p")}
	w.z, w.outputs, w.codes, w.channel = w.load(panesZ), GP64(), GP64(), GP64()
	w.floor = w.broadcast(panesFloor)
	count := w.load(panesCount)
	XORQ(w.outputs, w.outputs)
	XORQ(w.codes, w.codes)
	TESTQ(count, count)
	JZ(LabelRef("done"))
	Label("window")
	XORQ(w.channel, w.channel)
	Label("vector")
	left := w.load(panesChannels)
	SUBQ(w.channel, left)
	w.mask = masked(left)
	vector(w)
	ADDQ(Imm(lanes), w.channel)
	CMPQ(w.channel, w.field(panesChannels))
	JL(LabelRef("vector"))
	step := w.bytes(panesStep)
	ADDQ(step, w.z)
	step = w.bytes(panesChannels)
	ADDQ(step, w.outputs)
	ADDQ(w.field(panesCodeStride), w.codes)
	DECQ(count)
	JNZ(LabelRef("window"))
	Label("done")
	end()
}

// channels is the vector of an array by channels.
func (w *walk) channels(offset int) reg.VecVirtual {
	return loaded(Mem{Base: w.load(offset), Index: w.channel, Scale: 4}, w.mask)
}

// output is the address of the vector in an array of outputs.
func (w *walk) output(offset int) Mem {
	base := w.load(offset)
	ADDQ(w.outputs, base)
	return Mem{Base: base, Index: w.channel, Scale: 4}
}

// code is the address of the vector's codes.
func (w *walk) code() Mem {
	base := w.load(panesCode)
	ADDQ(w.codes, base)
	return Mem{Base: base, Index: w.channel, Scale: 1}
}

// taps loops over the window's elements from one on: at is the vector, number
// counts.
func (w *walk) taps(from int, do func(at Mem, number reg.GPVirtual)) {
	taps, number, at := w.load(panesTaps), GP64(), GP64()
	MOVQ(U32(uint32(from)), number)
	CMPQ(number, w.field(panesTapCount))
	JGE(LabelRef("endTaps"))
	Label("tap")
	MOVLQSX(Mem{Base: taps, Index: number, Scale: 4}, at)
	ADDQ(w.channel, at)
	do(Mem{Base: w.z, Index: at, Scale: 4}, number)
	INCQ(number)
	CMPQ(number, w.field(panesTapCount))
	JL(LabelRef("tap"))
	Label("endTaps")
}

// gated is dy where y is above the floor, times a factor unless that is nil; 0 if
// there is no dy.
func (w *walk) gated(factor reg.VecVirtual) reg.VecVirtual {
	slope := zero()
	base := w.load(panesDy)
	TESTQ(base, base)
	JZ(LabelRef("nothing"))
	y, above := loaded(w.output(panesY), w.mask), K()
	VCMPPS(Imm(notLessOrEq), w.floor, y, w.mask, above)
	VMOVUPS_Z(w.output(panesDy), above, slope)
	if factor != nil {
		VMULPS(factor, slope, slope)
	}
	Label("nothing")
	return slope
}

// codes is the vector of codes, 0 if there are none.
func (w *walk) codeVector() reg.VecVirtual {
	codes := zero()
	base := w.load(panesCode)
	TESTQ(base, base)
	JZ(LabelRef("noCodes"))
	VPMOVZXBD(w.code(), codes)
	Label("noCodes")
	return codes
}

func crest() {
	windows("Crest", func(w *walk) {
		center, factor, offset := w.channels(panesCenter), w.channels(panesFactor), w.channels(panesOffset)
		best, top, code := ZMM(), ZMM(), zero()
		taps, at := w.load(panesTaps), GP64()
		MOVLQSX(Mem{Base: taps}, at)
		ADDQ(w.channel, at)
		VMOVUPS_Z(Mem{Base: w.z, Index: at, Scale: 4}, w.mask, top)
		VSUBPS(center, top, best)
		VFMADD213PS(offset, factor, best)
		w.taps(1, func(at Mem, number reg.GPVirtual) {
			z, value := loaded(at, w.mask), ZMM()
			VSUBPS(center, z, value)
			VFMADD213PS(offset, factor, value)
			found := replace(value, best, code, number.As32())
			VMOVAPS(z, found, top)
		})
		// If one of them is NaN, VMAXPS gives its first operand here.
		VMAXPS(best, w.floor, best)
		VMOVUPS(best, w.mask, w.output(panesY))
		base := w.load(panesCode)
		TESTQ(base, base)
		JZ(LabelRef("noCode"))
		VPMOVDB(code, w.code())
		Label("noCode")
		base = w.load(panesPeak)
		TESTQ(base, base)
		JZ(LabelRef("noPeak"))
		VMOVUPS(top, w.mask, w.output(panesPeak))
		Label("noPeak")
	})
}

func spread() {
	windows("PaneSpread", func(w *walk) {
		slope := w.gated(w.channels(panesFactor))
		codes := w.codeVector()
		center, pull, push := w.channels(panesCenter), w.channels(panesPull), w.channels(panesPush)
		away := w.load(panesSlope)
		SUBQ(w.field(panesZ), away)
		w.taps(0, func(at Mem, number reg.GPVirtual) {
			z, here, found := loaded(at, w.mask), ZMM(), K()
			VSUBPS(center, z, z)
			VFMADD213PS(push, pull, z)
			VPBROADCASTD(number.As32(), here)
			VPCMPEQD(here, codes, found)
			VADDPS(slope, z, found, z)
			into := GP64()
			LEAQ(at, into)
			VMOVUPS(z, w.mask, Mem{Base: into, Index: away, Scale: 1})
		})
	})
}

func scatter() {
	windows("Scatter", func(w *walk) {
		slope, codes := w.gated(nil), w.codeVector()
		w.taps(0, func(at Mem, number reg.GPVirtual) {
			here, into, found := ZMM(), ZMM(), K()
			VPBROADCASTD(number.As32(), here)
			VPCMPEQD(here, codes, found)
			VMOVAPS_Z(slope, found, into)
			VMOVUPS(into, w.mask, at)
		})
	})
}

// columns writes a loop over vectors of channels, and for each over rows; what it
// adds up goes to first and second.
func columns(name string, from int, row func(w *walk, at Mem, center, first, second reg.VecVirtual)) {
	w := &walk{object: begin(name, "p")}
	w.channel, w.floor = GP64(), w.broadcast(panesFloor)
	XORQ(w.channel, w.channel)
	stride := w.bytes(panesChannels)
	Label("vector")
	left := w.load(panesChannels)
	SUBQ(w.channel, left)
	w.mask = masked(left)
	center, first, second := w.channels(panesCenter), zero(), zero()
	count := w.load(panesCount)
	w.outputs = GP64()
	LEAQ(Mem{Base: w.load(from), Index: w.channel, Scale: 4}, w.outputs)
	Label("row")
	row(w, Mem{Base: w.outputs}, center, first, second)
	ADDQ(stride, w.outputs)
	DECQ(count)
	JNZ(LabelRef("row"))
	VMOVUPS(first, w.mask, Mem{Base: w.load(panesFirst), Index: w.channel, Scale: 4})
	VMOVUPS(second, w.mask, Mem{Base: w.load(panesSecond), Index: w.channel, Scale: 4})
	ADDQ(Imm(lanes), w.channel)
	CMPQ(w.channel, w.field(panesChannels))
	JL(LabelRef("vector"))
	end()
}

func moments() {
	columns("Moments", panesZ, func(w *walk, at Mem, center, first, second reg.VecVirtual) {
		z := loaded(at, w.mask)
		VSUBPS(center, z, z)
		VADDPS(z, first, first)
		VFMADD231PS(z, z, second)
	})
}

func against() {
	// The other arrays lie at distances from y.
	var slope, peak reg.GPVirtual
	columns("Against", panesY, func(w *walk, at Mem, center, first, second reg.VecVirtual) {
		if slope == nil {
			slope, peak = GP64(), GP64()
		}
		y, above := loaded(at, w.mask), K()
		VCMPPS(Imm(notLessOrEq), w.floor, y, w.mask, above)
		MOVQ(w.field(panesDy), slope)
		SUBQ(w.field(panesY), slope)
		MOVQ(w.field(panesPeak), peak)
		SUBQ(w.field(panesY), peak)
		dy := loaded(Mem{Base: w.outputs, Index: slope, Scale: 1}, above)
		x := loaded(Mem{Base: w.outputs, Index: peak, Scale: 1}, above)
		VSUBPS(center, x, x)
		VADDPS(dy, first, first)
		VFMADD231PS(x, dy, second)
	})
}

// flat writes a loop over vectors of elements.
func flat(name string, vector func(w *walk, at func(offset int) Mem)) {
	w := &walk{object: begin(name, "p")}
	w.channel, w.floor = GP64(), w.broadcast(panesFloor)
	XORQ(w.channel, w.channel)
	z, y, dy := w.load(panesZ), w.load(panesY), w.load(panesDy)
	bases := map[int]reg.GPVirtual{panesZ: z, panesY: y, panesDy: dy}
	left := w.load(panesChannels)
	Label("vector")
	w.mask = masked(left)
	vector(w, func(offset int) Mem { return Mem{Base: bases[offset], Index: w.channel, Scale: 4} })
	ADDQ(Imm(lanes), w.channel)
	SUBQ(Imm(lanes), left)
	JG(LabelRef("vector"))
	end()
}

func rectify() {
	flat("Rectify", func(w *walk, at func(int) Mem) {
		z := loaded(at(panesZ), w.mask)
		VMAXPS(z, w.floor, z)
		VMOVUPS(z, w.mask, at(panesY))
	})
}

func gate() {
	flat("Gate", func(w *walk, at func(int) Mem) {
		y, above := loaded(at(panesY), w.mask), K()
		VCMPPS(Imm(notLessOrEq), w.floor, y, w.mask, above)
		dy := loaded(at(panesDy), above)
		VMOVUPS(dy, w.mask, at(panesZ))
	})
}
