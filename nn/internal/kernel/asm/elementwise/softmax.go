package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.contest; a test in that package holds them to
// the struct.
const (
	contestPlanes  = 0
	contestHighest = 24
	contestLogs    = 48
	contestSize    = 72
	contestCount   = 80
)

// rootOfHalf is √½ as its bits.
const rootOfHalf = 0x3f3504f3

// contest writes the kernel that softmax is made of. Its steps are those of
// plainContest, where they are explained.
func (f family) contest() {
	TEXT(f.name+"Contest", NOSPLIT, "func(c *byte)")
	c := Load(Param("c"), GP64()).(reg.GPVirtual)
	planes, highest, logs, size, left, step, at := GP64(), GP64(), GP64(), GP64(), GP64(), GP64(), GP64()
	MOVQ(Mem{Base: c, Disp: contestPlanes}, planes)
	MOVQ(Mem{Base: c, Disp: contestHighest}, highest)
	MOVQ(Mem{Base: c, Disp: contestLogs}, logs)
	MOVQ(Mem{Base: c, Disp: contestSize}, size)
	MOVQ(Mem{Base: c, Disp: contestCount}, left)
	// step is from one plane to the next, in bytes.
	MOVQ(left, step)
	SHLQ(U8(2), step)
	XORQ(at, at)

	place, rival := GP64(), GP64()
	// each writes a loop over the group's places in the planes.
	each := func(label string, compute func(place Mem)) {
		MOVQ(planes, place)
		MOVQ(size, rival)
		Label(label)
		compute(Mem{Base: place, Index: at, Scale: 1})
		ADDQ(step, place)
		DECQ(rival)
		JNZ(LabelRef(label))
	}

	Label("vector")
	top := f.load(Mem{Base: planes, Index: at, Scale: 1})
	each("top", func(place Mem) { VMAXPS(place, top, top) })

	others, counted := f.fresh(), f.load(number(1))
	f.clear(others)
	each("power", func(place Mem) {
		v := f.load(place)
		rest, n := f.split(f.atLeast(f.sub(v, top), number(-104)), nil)
		e := f.scale(f.add(rest, number(1)), n)
		VMOVUPS(e, place)
		nothing := f.fresh()
		f.clear(nothing)
		first := f.compare(v, equal, top)
		e = f.sub(e, f.pick(first, counted, nothing))
		VMOVAPS(f.pick(first, nothing, counted), counted)
		VADDPS(e, others, others)
	})

	sum := f.add(others, number(1))
	each("share", func(place Mem) { VMOVUPS(f.divide(f.load(place), sum), place) })

	VMOVUPS(top, Mem{Base: highest, Index: at, Scale: 1})
	VMOVUPS(f.logFrom(others, sum), Mem{Base: logs, Index: at, Scale: 1})
	ADDQ(U8(uint8(f.bytes())), at)
	SUBQ(U8(uint8(f.bytes()/4)), left)
	JNZ(LabelRef("vector"))
	VZEROUPPER()
	RET()
}

func (f family) clear(v vector) {
	if f.wide {
		VPXORD(v, v, v)
	} else {
		VXORPS(v, v, v)
	}
}

// logFrom is ln(1 + x) for x ≥ 0; sum is 1 + x.
func (f family) logFrom(x, sum vector) vector {
	n := f.fresh()
	VPSUBD(bits(rootOfHalf), sum, n)
	VPSRAD(Imm(23), n, n)
	minus := f.fresh()
	f.clear(minus)
	VPSUBD(n, minus, minus)
	shrink := f.exponent(minus)
	rest := f.fresh()
	VMOVAPS(x, rest)
	rest = f.times(rest, shrink, f.sub(shrink, number(1)))
	below := f.load(number(0.5))
	below = f.times(below, rest, number(1))
	g := f.divide(rest, below)
	z := f.mul(f.mul(g, g), number(0.25))
	l := f.times(f.mul(f.artanh(z), z), g, g)
	whole := f.fresh()
	VCVTDQ2PS(n, whole)
	return f.times(whole, f.load(number(0.69314718055994530941723212145818)), l)
}
