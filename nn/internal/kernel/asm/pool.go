package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.windows[float32]; a test in that package holds
// them to the struct.
const (
	offsetX        = 0
	offsetY        = 24
	offsetPlace    = 48
	offsetTaps     = 72
	offsetTapCount = 80
	offsetCount    = 96
	offsetStep     = 104
	offsetChannels = 112
	offsetFirst    = 120
)

// maxima are the instructions of max pooling in one instruction set.
type maxima struct {
	family
	// first is a vector of 0, 1, 2, …
	lanes Mem
	// larger replaces best by value and place by tap where the value is larger
	// or NaN and best is not NaN.
	larger func(value, best, place reg.VecVirtual, tap Mem)
	// only keeps the elements of value whose place is the wanted one, the others
	// become 0.
	only func(place, wanted, value, into reg.VecVirtual)
}

// pooling writes the loops over positions, vectors of channels and taps. The
// bodies get the vectors' addresses.
func pooling(m maxima, name string, vector func(w *walk)) {
	TEXT(m.name+name, NOSPLIT, "func(w *byte)")
	t := Load(Param("w"), GP64())
	field := func(offset int) Mem { return Mem{Base: t, Disp: offset} }
	w := &walk{maxima: m, field: field}
	w.x, w.y, w.place, w.first, w.channel = GP64(), GP64(), GP64(), GP64(), GP64()
	count, left, lanes, most := GP64(), GP64(), GP64(), GP64()
	MOVQ(field(offsetX), w.x)
	MOVQ(field(offsetY), w.y)
	MOVQ(field(offsetPlace), w.place)
	MOVQ(field(offsetFirst), w.first)
	MOVQ(field(offsetCount), count)
	MOVQ(U32(uint32(m.bytes/4)), most)
	TESTQ(count, count)
	JZ(LabelRef("done"))
	Label("position")
	XORQ(w.channel, w.channel)
	Label("vector")
	{
		MOVQ(field(offsetChannels), left)
		SUBQ(w.channel, left)
		MOVQ(left, lanes)
		CMPQ(lanes, most)
		CMOVQGT(most, lanes)
		m.prepare(lanes)
		vector(w)
		ADDQ(most, w.channel)
		CMPQ(w.channel, field(offsetChannels))
		JL(LabelRef("vector"))
	}
	step := left
	MOVQ(field(offsetStep), step)
	ADDQ(step, w.first)
	LEAQ(Mem{Base: w.x, Index: step, Scale: 4}, w.x)
	MOVQ(field(offsetChannels), step)
	LEAQ(Mem{Base: w.y, Index: step, Scale: 4}, w.y)
	TESTQ(w.place, w.place)
	JZ(LabelRef("next"))
	LEAQ(Mem{Base: w.place, Index: step, Scale: 4}, w.place)
	Label("next")
	DECQ(count)
	JNZ(LabelRef("position"))
	Label("done")
	VZEROUPPER()
	RET()
}

// walk is where the loops are.
type walk struct {
	maxima
	field                       func(offset int) Mem
	x, y, place, first, channel reg.GPVirtual
}

// each loops over the taps: at is the vector of x, tap the tap's distance.
func (w *walk) each(from int, do func(at, tap Mem)) {
	taps, end, at := GP64(), GP64(), GP64()
	MOVQ(w.field(offsetTaps), taps)
	MOVQ(w.field(offsetTapCount), end)
	LEAQ(Mem{Base: taps, Index: end, Scale: 4}, end)
	if from > 0 {
		ADDQ(Imm(uint64(4*from)), taps)
	}
	CMPQ(taps, end)
	JGE(LabelRef("endTaps"))
	Label("tap")
	MOVLQSX(Mem{Base: taps}, at)
	ADDQ(w.channel, at)
	do(Mem{Base: w.x, Index: at, Scale: 4}, Mem{Base: taps})
	ADDQ(Imm(4), taps)
	CMPQ(taps, end)
	JL(LabelRef("tap"))
	Label("endTaps")
}

// origin is the vector of places of the channels at the position itself.
func (w *walk) origin() reg.VecVirtual {
	at, v, lanes := GP64(), w.vector(), w.vector()
	LEAQ(Mem{Base: w.first, Index: w.channel, Scale: 1}, at)
	x := XMM()
	VMOVQ(at, x)
	VPBROADCASTD(x, v)
	if w.bytes == 64 {
		VMOVDQU32(w.lanes, lanes)
	} else {
		VMOVDQU(w.lanes, lanes)
	}
	VPADDD(lanes, v, v)
	return v
}

func (w *walk) of(base reg.GPVirtual) Mem { return Mem{Base: base, Index: w.channel, Scale: 4} }

func maxPool(m maxima) {
	pooling(m, "Max", func(w *walk) {
		best, place, value := m.vector(), m.vector(), m.vector()
		taps, at := GP64(), GP64()
		MOVQ(w.field(offsetTaps), taps)
		MOVLQSX(Mem{Base: taps}, at)
		ADDQ(w.channel, at)
		m.loadLast(Mem{Base: w.x, Index: at, Scale: 4}, best)
		VPBROADCASTD(Mem{Base: taps}, place)
		w.each(1, func(at, tap Mem) {
			m.loadLast(at, value)
			m.larger(value, best, place, tap)
		})
		m.storeLast(best, w.of(w.y))
		TESTQ(w.place, w.place)
		JZ(LabelRef("noPlace"))
		VPADDD(w.origin(), place, place)
		m.storeLast(place, w.of(w.place))
		Label("noPlace")
	})
	pooling(m, "Spread", func(w *walk) {
		value, place, wanted, into := m.vector(), m.vector(), m.vector(), m.vector()
		m.loadLast(w.of(w.y), value)
		m.loadLast(w.of(w.place), place)
		VPSUBD(w.origin(), place, place)
		w.each(0, func(at, tap Mem) {
			VPBROADCASTD(tap, wanted)
			m.only(place, wanted, value, into)
			m.storeLast(into, at)
		})
	})
}

// Comparisons, as VCMPPS numbers them: neither is NaN; not less or equal, true
// if one is NaN.
const (
	ordered     = 7
	notLessOrEq = 6
)

func pools() {
	lanes := GLOBL("count", RODATA|NOPTR)
	for i := range 16 {
		DATA(4*i, U32(uint32(i)))
	}
	maxPool(maxima{
		family: avx512(),
		lanes:  lanes,
		larger: func(value, best, place reg.VecVirtual, tap Mem) {
			found := K()
			VCMPPS(Imm(ordered), best, best, found)
			VCMPPS(Imm(notLessOrEq), best, value, found, found)
			VMOVAPS(value, found, best)
			VPBROADCASTD(tap, found, place)
		},
		only: func(place, wanted, value, into reg.VecVirtual) {
			found := K()
			VPCMPEQD(place, wanted, found)
			VMOVAPS_Z(value, found, into)
		},
	})
	maxPool(maxima{
		family: avx2(),
		lanes:  lanes,
		larger: func(value, best, place reg.VecVirtual, tap Mem) {
			number, larger, distance := YMM(), YMM(), YMM()
			VCMPPS(Imm(ordered), best, best, number)
			VCMPPS(Imm(notLessOrEq), best, value, larger)
			VANDPS(number, larger, larger)
			VBLENDVPS(larger, value, best, best)
			VPBROADCASTD(tap, distance)
			VBLENDVPS(larger, distance, place, place)
		},
		only: func(place, wanted, value, into reg.VecVirtual) {
			VPCMPEQD(place, wanted, into)
			VANDPS(value, into, into)
		},
	})
}
