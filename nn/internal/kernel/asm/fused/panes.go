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
	// lanes are those of the vector that there are channels for.
	there choice
	floor reg.VecVirtual
	// part keeps the labels of a vector's two versions apart.
	part string
}

func (w *walk) label(name string) string { return name + w.part }

// vectors writes what is done to the vector of channels at w.channel, of which
// left are to come: a version for whole vectors, and one for the last, which is cut
// short. To cut a vector short takes the place of an addition, masks or not.
func (w *walk) vectors(left reg.GPVirtual, do func()) {
	CMPQ(left, Imm(uint64(w.lanes)))
	JL(LabelRef("short"))
	w.there, w.part = choice{}, ""
	do()
	JMP(LabelRef("done"))
	Label("short")
	w.there, w.part = w.first(left), "Short"
	do()
	Label("done")
}

// windows writes the loops.
func (s set) windows(name string, vector func(w *walk)) {
	w := &walk{object: s.begin(name, "p")}
	w.z, w.outputs, w.codes, w.channel = w.word(panesZ), GP64(), GP64(), GP64()
	w.floor = w.broadcast(w.field(panesFloor))
	count := w.word(panesCount)
	XORQ(w.outputs, w.outputs)
	XORQ(w.codes, w.codes)
	TESTQ(count, count)
	JZ(LabelRef("end"))
	Label("window")
	XORQ(w.channel, w.channel)
	Label("vector")
	left := w.word(panesChannels)
	SUBQ(w.channel, left)
	w.vectors(left, func() { vector(w) })
	ADDQ(Imm(uint64(w.lanes)), w.channel)
	CMPQ(w.channel, w.field(panesChannels))
	JL(LabelRef("vector"))
	step := w.bytes(panesStep)
	ADDQ(step, w.z)
	step = w.bytes(panesChannels)
	ADDQ(step, w.outputs)
	ADDQ(w.field(panesCodeStride), w.codes)
	DECQ(count)
	JNZ(LabelRef("window"))
	Label("end")
	end()
}

// channels is the vector of an array by channels.
func (w *walk) channels(offset int) reg.VecVirtual {
	return w.load(Mem{Base: w.word(offset), Index: w.channel, Scale: 4}, w.there)
}

// output is the address of the vector in an array of outputs.
func (w *walk) output(offset int) Mem {
	base := w.word(offset)
	ADDQ(w.outputs, base)
	return Mem{Base: base, Index: w.channel, Scale: 4}
}

// code is the address of the vector's codes.
func (w *walk) code() Mem {
	base := w.word(panesCode)
	ADDQ(w.codes, base)
	return Mem{Base: base, Index: w.channel, Scale: 1}
}

// taps loops over the window's elements from one on: at is the vector, number
// counts.
func (w *walk) taps(from int, do func(at Mem, number reg.GPVirtual)) {
	taps, number, at := w.word(panesTaps), GP64(), GP64()
	MOVQ(U32(uint32(from)), number)
	CMPQ(number, w.field(panesTapCount))
	JGE(LabelRef(w.label("endTaps")))
	Label(w.label("tap"))
	MOVLQSX(Mem{Base: taps, Index: number, Scale: 4}, at)
	ADDQ(w.channel, at)
	do(Mem{Base: w.z, Index: at, Scale: 4}, number)
	INCQ(number)
	CMPQ(number, w.field(panesTapCount))
	JL(LabelRef(w.label("tap")))
	Label(w.label("endTaps"))
}

// unless writes what is done where a slice is not nil.
func (w *walk) unless(offset int, label string, do func()) {
	base := w.word(offset)
	TESTQ(base, base)
	JZ(LabelRef(w.label(label)))
	do()
	Label(w.label(label))
}

// gated is dy where y is above the floor, times a factor unless that is nil; 0 if
// there is no dy.
func (w *walk) gated(factor reg.VecVirtual) reg.VecVirtual {
	slope := w.zero()
	w.unless(panesDy, "nothing", func() {
		y := w.load(w.output(panesY), w.there)
		dy := w.loadOnly(w.output(panesDy), w.there, w.above(y, w.floor, w.there))
		if factor != nil {
			VMULPS(factor, dy, slope)
		} else {
			VMOVAPS(dy, slope)
		}
	})
	return slope
}

// codeVector is the vector of codes, 0 if there are none.
func (w *walk) codeVector() reg.VecVirtual {
	codes := w.zero()
	w.unless(panesCode, "noCodes", func() { VPMOVZXBD(w.code(), codes) })
	return codes
}

func crest(s set) {
	s.windows("Crest", func(w *walk) {
		center, factor, offset := w.channels(panesCenter), w.channels(panesFactor), w.channels(panesOffset)
		best, code := w.vector(), w.zero()
		taps, at := w.word(panesTaps), GP64()
		MOVLQSX(Mem{Base: taps}, at)
		ADDQ(w.channel, at)
		top := w.load(Mem{Base: w.z, Index: at, Scale: 4}, w.there)
		VSUBPS(center, top, best)
		VFMADD213PS(offset, factor, best)
		w.taps(1, func(at Mem, number reg.GPVirtual) {
			z, value := w.load(at, w.there), w.vector()
			VSUBPS(center, z, value)
			VFMADD213PS(offset, factor, value)
			found := w.larger(value, best)
			w.put(value, best, found)
			w.put(z, top, found)
			w.put(w.number(number), code, found)
		})
		// If one of them is NaN, VMAXPS gives its first operand here.
		VMAXPS(best, w.floor, best)
		w.store(best, w.output(panesY), w.there)
		w.unless(panesCode, "noCode", func() { w.storeBytes(code, w.code()) })
		w.unless(panesPeak, "noPeak", func() { w.store(top, w.output(panesPeak), w.there) })
	})
}

func spread(s set) {
	s.windows("PaneSpread", func(w *walk) {
		slope := w.gated(w.channels(panesFactor))
		codes := w.codeVector()
		center, pull, push := w.channels(panesCenter), w.channels(panesPull), w.channels(panesPush)
		away := w.word(panesSlope)
		SUBQ(w.field(panesZ), away)
		w.taps(0, func(at Mem, number reg.GPVirtual) {
			z := w.load(at, w.there)
			VSUBPS(center, z, z)
			VFMADD213PS(push, pull, z)
			w.add(slope, z, w.equal(w.number(number), codes))
			into := GP64()
			LEAQ(at, into)
			w.store(z, Mem{Base: into, Index: away, Scale: 1}, w.there)
		})
	})
}

func scatter(s set) {
	s.windows("Scatter", func(w *walk) {
		slope, codes := w.gated(nil), w.codeVector()
		w.taps(0, func(at Mem, number reg.GPVirtual) {
			w.store(w.only(slope, w.equal(w.number(number), codes)), at, w.there)
		})
	})
}

// columns writes a loop over vectors of channels, and for each over rows; what it
// adds up goes to first and second.
func (s set) columns(name string, from int, row func(w *walk, at Mem, center, first, second reg.VecVirtual)) {
	w := &walk{object: s.begin(name, "p")}
	w.channel, w.floor = GP64(), w.broadcast(w.field(panesFloor))
	XORQ(w.channel, w.channel)
	stride := w.bytes(panesChannels)
	Label("vector")
	left := w.word(panesChannels)
	SUBQ(w.channel, left)
	w.vectors(left, func() {
		center, first, second := w.channels(panesCenter), w.zero(), w.zero()
		count := w.word(panesCount)
		w.outputs = GP64()
		LEAQ(Mem{Base: w.word(from), Index: w.channel, Scale: 4}, w.outputs)
		Label(w.label("row"))
		row(w, Mem{Base: w.outputs}, center, first, second)
		ADDQ(stride, w.outputs)
		DECQ(count)
		JNZ(LabelRef(w.label("row")))
		w.store(first, Mem{Base: w.word(panesFirst), Index: w.channel, Scale: 4}, w.there)
		w.store(second, Mem{Base: w.word(panesSecond), Index: w.channel, Scale: 4}, w.there)
	})
	ADDQ(Imm(uint64(w.lanes)), w.channel)
	CMPQ(w.channel, w.field(panesChannels))
	JL(LabelRef("vector"))
	end()
}

func moments(s set) {
	s.columns("Moments", panesZ, func(w *walk, at Mem, center, first, second reg.VecVirtual) {
		z := w.load(at, w.there)
		VSUBPS(center, z, z)
		VADDPS(z, first, first)
		VFMADD231PS(z, z, second)
	})
}

func against(s set) {
	s.columns("Against", panesY, func(w *walk, at Mem, center, first, second reg.VecVirtual) {
		// The other arrays lie at distances from y.
		slope, peak := w.word(panesDy), w.word(panesPeak)
		SUBQ(w.field(panesY), slope)
		SUBQ(w.field(panesY), peak)
		above := w.above(w.load(at, w.there), w.floor, w.there)
		dy := w.loadOnly(Mem{Base: w.outputs, Index: slope, Scale: 1}, w.there, above)
		x := w.loadOnly(Mem{Base: w.outputs, Index: peak, Scale: 1}, w.there, above)
		VSUBPS(center, x, x)
		VADDPS(dy, first, first)
		VFMADD231PS(x, dy, second)
	})
}

// flat writes a loop over vectors of elements.
func (s set) flat(name string, vector func(w *walk, at func(offset int) Mem)) {
	w := &walk{object: s.begin(name, "p")}
	w.channel, w.floor = GP64(), w.broadcast(w.field(panesFloor))
	XORQ(w.channel, w.channel)
	z, y, dy := w.word(panesZ), w.word(panesY), w.word(panesDy)
	bases := map[int]reg.GPVirtual{panesZ: z, panesY: y, panesDy: dy}
	left := w.word(panesChannels)
	Label("vector")
	w.vectors(left, func() {
		vector(w, func(offset int) Mem { return Mem{Base: bases[offset], Index: w.channel, Scale: 4} })
	})
	ADDQ(Imm(uint64(w.lanes)), w.channel)
	SUBQ(Imm(uint64(w.lanes)), left)
	JG(LabelRef("vector"))
	end()
}

func rectify(s set) {
	s.flat("Rectify", func(w *walk, at func(int) Mem) {
		z := w.load(at(panesZ), w.there)
		VMAXPS(z, w.floor, z)
		w.store(z, at(panesY), w.there)
	})
}

func gate(s set) {
	s.flat("Gate", func(w *walk, at func(int) Mem) {
		above := w.above(w.load(at(panesY), w.there), w.floor, w.there)
		w.store(w.loadOnly(at(panesDy), w.there, above), at(panesZ), w.there)
	})
}
