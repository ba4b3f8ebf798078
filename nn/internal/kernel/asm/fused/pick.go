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
	pickPatches  = 224
	pickBelow    = 248
)

// picks writes the weight gradient by patches: for each window and each of the 9 pairs
// of a plane and a row of the kernel, the 16 elements that the corners can meet there,
//
//	patches[((i·9 + kd·3 + kh)·4 + 2·d + h)·4 + w] = x[i·step + (kd+d)·plane + (kh+h)·row + w]
//
// for d and h in {0, 1} and w in [0, 4). One vector of a patch, and the place that the
// code names in it, give an element of each channel; all channels share the patches.
func picks() {
	// The place of a corner in a patch, where kw is 0.
	places := GLOBL("places", RODATA|NOPTR)
	for code := range 16 {
		DATA(4*code, U32(uint32((code>>1&3)*4+code&1)))
	}
	patches()
	patchPick(places)
}

const patchBytes = 16 * 4

// patches writes the patches of a row of windows.
func patches() {
	o := avx512.begin("Patches", "t")
	row, plane, step := o.bytes(pickRow), o.bytes(pickPlane), o.bytes(pickStep)
	x, into, left := o.word(pickX), o.word(pickPatches), o.word(pickCount)
	below := o.word(pickBelow)
	Label("window")
	// What the row of windows above read in its last row is what this one reads in its
	// first.
	TESTQ(below, below)
	JZ(LabelRef("first"))
	for kd := range 3 {
		patch := ZMM()
		VMOVUPS(Mem{Base: into, Disp: (3*kd + 2) * patchBytes}, patch)
		VMOVUPS(patch, Mem{Base: into, Disp: 3 * kd * patchBytes})
	}
	JMP(LabelRef("others"))
	Label("first")
	write := func(near, far reg.GPVirtual, number int) {
		corner, patch := XMM(), ZMM()
		VMOVUPS(Mem{Base: near}, corner)
		VINSERTF32X4(Imm(1), Mem{Base: near, Index: row, Scale: 1}, corner.AsZ(), patch)
		VINSERTF32X4(Imm(2), Mem{Base: far}, patch, patch)
		VINSERTF32X4(Imm(3), Mem{Base: far, Index: row, Scale: 1}, patch, patch)
		VMOVUPS(patch, Mem{Base: into, Disp: number * patchBytes})
	}
	near, far := GP64(), GP64()
	planes := func(row func(kd int)) {
		for kd := range 3 {
			LEAQ(Mem{Base: near, Index: plane, Scale: 1}, far)
			row(kd)
			MOVQ(far, near)
		}
	}
	MOVQ(x, near)
	planes(func(kd int) { write(near, far, 3*kd) })
	Label("others")
	for kh := 1; kh < 3; kh++ {
		LEAQ(Mem{Base: x, Index: row, Scale: uint8(kh)}, near)
		planes(func(kd int) { write(near, far, 3*kd+kh) })
	}
	ADDQ(step, x)
	ADDQ(U32(9*patchBytes), into)
	DECQ(left)
	JNZ(LabelRef("window"))
	end()
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

// patchPick writes the weight gradient of a vector of channels from their patches.
func patchPick(places Mem) {
	o := avx512.begin("Pick", "t")
	last := o.first(o.word(pickLast))
	sums := make([]reg.VecVirtual, 27)
	for i := range sums {
		sums[i] = o.zero()
	}
	// The sum for the bias lies in memory: the registers are taken by the others, the
	// three places, the slope and an element.
	all := AllocLocal(4 * o.lanes)
	VMOVUPS(sums[0], all)
	y, dy, code, patch, left := o.word(pickY), o.word(pickDy), o.word(pickCode), o.word(pickPatches), o.word(pickCount)
	channels, dyStep := o.bytes(pickChannels), local(o.bytes(pickDyStep))
	// What comes back lies in memory that was not read for long: it is fetched while
	// the 8 windows before it are summed.
	aheadCode := o.word(pickCodeStep)
	SHLQ(Imm(3), aheadCode)
	Label("window")
	PREFETCHT0(Mem{Base: y, Index: channels, Scale: 8})
	PREFETCHT0(Mem{Base: dy, Index: channels, Scale: 8})
	PREFETCHT0(Mem{Base: code, Index: aheadCode, Scale: 1})
	slope := o.arrived(dy, dyStep, last, o.above(o.load(Mem{Base: y}, last), o.broadcast(o.field(pickFloor)), last))
	sum := ZMM()
	VADDPS(all, slope, sum)
	VMOVUPS(sum, all)
	var place [3]reg.VecVirtual
	for kw := range place {
		place[kw] = ZMM()
		if kw == 0 {
			VPMOVZXBD(Mem{Base: code}, place[0])
			VPERMD(places, place[0], place[0])
		} else {
			VPADDD_BCST(numbers.Offset(4*kw), place[0], place[kw])
		}
	}
	for k := range sums {
		value := ZMM()
		VPERMPS(Mem{Base: patch, Disp: k / 3 * patchBytes}, place[k%3], value)
		VFMADD231PS(value, slope, sums[k])
	}
	ADDQ(channels, y)
	ADDQ(channels, dy)
	ADDQ(o.field(pickCodeStep), code)
	ADDQ(U32(9*patchBytes), patch)
	DECQ(left)
	JNZ(LabelRef("window"))

	into, sumStep := o.word(pickSum), o.bytes(pickSumStep)
	add := func(sum reg.VecVirtual) {
		old := o.load(Mem{Base: into}, last)
		VADDPS(sum, old, old)
		o.store(old, Mem{Base: into}, last)
		ADDQ(sumStep, into)
	}
	for _, sum := range sums {
		add(sum)
	}
	VMOVUPS(all, sum)
	add(sum)
	end()
}
