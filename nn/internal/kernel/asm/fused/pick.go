package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.pick[float32]; a test in that package holds
// them to the struct.
const (
	pickX        = 0
	pickY        = 24
	pickDy       = 48
	pickCode     = 72
	pickSum      = 96
	pickPlane    = 120
	pickRow      = 128
	pickStep     = 136
	pickCount    = 144
	pickChannels = 152
	pickCodeStep = 160
	pickSumStep  = 168
	pickLast     = 176
	pickFloor    = 184
	pickFactors  = 192
	pickUnits    = 200 // the length of the slice of factors
	pickDyStep   = 216
)

// picks writes the weight gradient in two parts: the sums of all three planes of
// the kernel and the four of the input would not fit in registers.
func picks() {
	// The place of a corner's first element in a patch of 4×4×4.
	places := GLOBL("places", RODATA|NOPTR)
	for code := range 16 {
		DATA(4*code, U32(uint32((code>>2&1)*16+(code>>1&1)*4+code&1)))
	}
	picked("Pick01", places, false, 0, 1)
	picked("Pick2", places, true, 2)
}

// local is a number in memory: there are not enough registers for all.
func local(number reg.GPVirtual) Mem {
	m := AllocLocal(8)
	MOVQ(number, m)
	return m
}

// arrived is what comes back to a vector of outputs where they are above the floor:
// rows of dy, each times its factor.
func (o object) arrived(dy reg.GPVirtual, dyStep Mem, there, above choice) reg.VecVirtual {
	slope := o.zero()
	at, factor, left := GP64(), o.word(pickFactors), o.word(pickUnits)
	MOVQ(dy, at)
	Label("unit")
	row := o.load(Mem{Base: at}, there)
	VFMADD231PS(o.broadcast(Mem{Base: factor}), row, slope)
	ADDQ(dyStep, at)
	ADDQ(Imm(4), factor)
	DECQ(left)
	JNZ(LabelRef("unit"))
	if o.wide() {
		VMOVAPS_Z(slope, above.mask, slope)
	} else {
		VANDPS(slope, above.bits, slope)
	}
	return slope
}

// picked writes the part of some planes of the kernel, and of the bias.
func picked(name string, places Mem, bias bool, planes ...int) {
	o := avx512.begin(name, "t")
	last := o.first(o.word(pickLast))
	floor, table := o.broadcast(o.field(pickFloor)), ZMM()
	VMOVDQU32(places, table)
	sums := make(map[int]reg.VecVirtual)
	for _, kd := range planes {
		for k := range 9 {
			sums[kd*9+k] = o.zero()
		}
	}
	var all reg.VecVirtual
	if bias {
		all = o.zero()
	}
	row, y, dy, code := o.bytes(pickRow), o.word(pickY), o.word(pickDy), o.word(pickCode)
	plane, channels, step, windows := local(o.bytes(pickPlane)), local(o.bytes(pickChannels)), local(o.bytes(pickStep)), local(o.word(pickCount))
	dyStep := local(o.bytes(pickDyStep))
	rows := GP64() // of three
	LEAQ(Mem{Base: row, Index: row, Scale: 2}, rows)
	// What comes back lies in memory that was not read for long: it is fetched while
	// the 8 windows before it are summed.
	ahead, aheadCode := GP64(), o.word(pickCodeStep)
	MOVQ(channels, ahead)
	SHLQ(Imm(3), ahead)
	SHLQ(Imm(3), aheadCode)
	x := o.word(pickX)
	for i := 0; i < planes[0]; i++ {
		ADDQ(plane, x)
	}
	Label("window")
	patch := make([]reg.VecVirtual, len(planes)+1)
	at := GP64()
	MOVQ(x, at)
	for i := range patch {
		first := XMM()
		VMOVUPS(Mem{Base: at}, first)
		patch[i] = ZMM()
		VINSERTF32X4(Imm(1), Mem{Base: at, Index: row, Scale: 1}, first.AsZ(), patch[i])
		VINSERTF32X4(Imm(2), Mem{Base: at, Index: row, Scale: 2}, patch[i], patch[i])
		VINSERTF32X4(Imm(3), Mem{Base: at, Index: rows, Scale: 1}, patch[i], patch[i])
		if i+1 < len(patch) {
			ADDQ(plane, at)
		}
	}
	PREFETCHT0(Mem{Base: y, Index: ahead, Scale: 1})
	PREFETCHT0(Mem{Base: dy, Index: ahead, Scale: 1})
	PREFETCHT0(Mem{Base: code, Index: aheadCode, Scale: 1})
	slope := o.arrived(dy, dyStep, last, o.above(o.load(Mem{Base: y}, last), floor, last))
	if bias {
		VADDPS(slope, all, all)
	}
	first := ZMM()
	VPMOVZXBD(Mem{Base: code}, first)
	VPERMD(table, first, first)
	for k := range 9 {
		place := ZMM()
		distance := k/3*4 + k%3
		if distance == 0 {
			VMOVDQA32(first, place)
		} else {
			VPADDD_BCST(numbers.Offset(4*distance), first, place)
		}
		for i, kd := range planes {
			value := place
			if i+1 < len(planes) {
				value = ZMM()
				VMOVDQA32(place, value)
			}
			VPERMI2PS(patch[i+1], patch[i], value)
			VFMADD231PS(value, slope, sums[kd*9+k])
		}
	}
	ADDQ(step, x)
	ADDQ(channels, y)
	ADDQ(channels, dy)
	ADDQ(o.field(pickCodeStep), code)
	DECQ(windows)
	JNZ(LabelRef("window"))

	into, sumStep := o.word(pickSum), o.bytes(pickSumStep)
	for range 9 * planes[0] {
		ADDQ(sumStep, into)
	}
	add := func(sum reg.VecVirtual) {
		old := o.load(Mem{Base: into}, last)
		VADDPS(sum, old, old)
		o.store(old, Mem{Base: into}, last)
		ADDQ(sumStep, into)
	}
	for _, kd := range planes {
		for k := range 9 {
			add(sums[kd*9+k])
		}
	}
	if bias {
		add(all)
	}
	end()
}
