package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.AdamStep; a test in that package holds them to the
// struct.
const (
	adamW       = 0
	adamM       = 24
	adamV       = 48
	adamG       = 72
	adamAlpha   = 96
	adamRest1   = 100
	adamRest2   = 104
	adamEpsilon = 108
	adamCount   = 112
)

// adam writes a step of Adam for whole vectors of weights.
func (f family) adam() {
	TEXT(f.name+"Adam", NOSPLIT, "func(a *byte)")
	a := Load(Param("a"), GP64())
	at, left := GP64(), GP64()
	array := func(offset int) Mem {
		base := GP64()
		MOVQ(Mem{Base: a, Disp: offset}, base)
		return Mem{Base: base, Index: at, Scale: 1}
	}
	number := func(offset int) reg.VecVirtual {
		v := f.fresh()
		VBROADCASTSS(Mem{Base: a, Disp: offset}, v)
		return v
	}
	weight, mean, square, gradient := array(adamW), array(adamM), array(adamV), array(adamG)
	alpha, rest1, rest2, epsilon := number(adamAlpha), number(adamRest1), number(adamRest2), number(adamEpsilon)
	MOVQ(Mem{Base: a, Disp: adamCount}, left)
	XORQ(at, at)
	Label("vector")
	g := f.load(gradient)
	m := f.add(f.mul(f.sub(g, mean), rest1), mean)
	VMOVUPS(m, mean)
	v := f.add(f.mul(f.sub(f.mul(g, g), square), rest2), square)
	VMOVUPS(v, square)
	root := f.fresh()
	VSQRTPS(v, root)
	way := f.divide(f.mul(m, alpha), f.add(root, epsilon))
	VMOVUPS(f.sub(f.load(weight), way), weight)
	ADDQ(U8(uint8(f.bytes())), at)
	SUBQ(U8(uint8(f.bytes()/4)), left)
	JNZ(LabelRef("vector"))
	VZEROUPPER()
	RET()
}
