package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// halfPicks writes the weight gradient of pick for AVX2, one plane of the kernel
// at a time: 9 sums, and what they are made of, fill its 16 registers.
func halfPicks() {
	// The place of a corner's element in two rows of 4, whatever its plane.
	places := GLOBL("halfPlaces", RODATA|NOPTR)
	for code := range 8 {
		DATA(4*code, U32(uint32((code>>1&1)*4+code&1)))
	}
	// A vector of 0, one of 1 and one of 2.
	distances := GLOBL("distances", RODATA|NOPTR)
	for i := range 3 * avx2.lanes {
		DATA(4*i, U32(uint32(i/avx2.lanes)))
	}
	for kd := range 3 {
		halfPick(kd, places, distances)
	}
}

func halfPick(kd int, places, distances Mem) {
	o := avx2.begin(fmt.Sprintf("Pick%d", kd), "t")
	withBias := kd == 2
	place := AllocLocal(4 * o.lanes) // where the element lies that a code names
	var all Mem
	if withBias {
		all = AllocLocal(4 * o.lanes)
		VMOVUPS(o.zero(), all)
	}
	sums := make([]reg.VecVirtual, 9)
	for i := range sums {
		sums[i] = o.zero()
	}
	row, y, dy, code := o.bytes(pickRow), o.word(pickY), o.word(pickDy), o.word(pickCode)
	dyStep := local(o.bytes(pickDyStep))
	x, next := o.word(pickX), o.bytes(pickPlane) // of the nearer plane, and of the other
	for range kd {
		ADDQ(next, x)
	}
	ADDQ(x, next)
	count := o.word(pickCount)
	Label("window")
	there := o.first(o.word(pickLast))
	above := o.above(o.load(Mem{Base: y}, there), o.broadcast(o.field(pickFloor)), there)
	slope := o.arrived(dy, dyStep, there, above)
	if withBias {
		sum := YMM()
		VADDPS(all, slope, sum)
		VMOVUPS(sum, all)
	}
	far := o.loadBytes(Mem{Base: code})
	found := YMM()
	VPERMD(places, far, found)
	VMOVDQU(found, place)
	VPSLLD(Imm(29), far, far) // whether the corner is in the farther plane
	rows := func(at reg.GPVirtual) reg.VecVirtual {
		first, both := XMM(), YMM()
		VMOVUPS(Mem{Base: at}, first)
		VINSERTF128(Imm(1), Mem{Base: at, Index: row, Scale: 1}, first.AsY(), both)
		return both
	}
	for kh := range 3 {
		near, farther := rows(x), rows(next)
		for kw := range 3 {
			value, other := YMM(), YMM()
			VMOVDQU(place, value)
			if kw > 0 {
				VPADDD(distances.Offset(4*o.lanes*kw), value, value)
			}
			VPERMPS(farther, value, other)
			VPERMPS(near, value, value)
			VBLENDVPS(far, other, value, value)
			VFMADD231PS(value, slope, sums[kh*3+kw])
		}
		if kh < 2 {
			ADDQ(row, x)
			ADDQ(row, next)
		}
	}
	forth := o.bytes(pickStep)
	SUBQ(row, forth)
	SUBQ(row, forth)
	ADDQ(forth, x)
	ADDQ(forth, next)
	channels := o.bytes(pickChannels)
	ADDQ(channels, y)
	ADDQ(channels, dy)
	ADDQ(o.field(pickCodeStep), code)
	DECQ(count)
	JNZ(LabelRef("window"))

	into, sumStep := o.word(pickSum), o.bytes(pickSumStep)
	for range 9 * kd {
		ADDQ(sumStep, into)
	}
	// One register is enough from here on: the mask is loaded anew.
	add := func(sum reg.VecVirtual) {
		there := o.first(o.word(pickLast))
		VADDPS(sum, o.load(Mem{Base: into}, there), sum)
		o.store(sum, Mem{Base: into}, there)
		ADDQ(sumStep, into)
	}
	for _, sum := range sums {
		add(sum)
	}
	if withBias {
		sum := YMM()
		VMOVUPS(all, sum)
		add(sum)
	}
	end()
}
