package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The largest tiles: 14 rows of 2 vectors leave 4 of the 32 registers of
// AVX-512, 6 rows leave 4 of the 16 of AVX2.
const (
	rows512     = 14
	rows256     = 6
	mostVectors = 2
)

// Sums in flight that hide the latency of a fused multiply-add: 4 cycles, 2 of
// them starting in each.
const inFlight = 8

func tileName(family string, rows, vectors int) string {
	return fmt.Sprintf("%sTile%dx%d", family, rows, vectors)
}

func zero(f family, v reg.VecVirtual) {
	if f.bytes == 64 {
		VPXORD(v, v, v)
	} else {
		VXORPS(v, v, v)
	}
}

func sets(rows, vectors int) int {
	if rows*vectors < inFlight {
		return 2
	}
	return 1
}

func avx512() family {
	var mask reg.OpmaskVirtual
	return family{
		name:      "avx512",
		bytes:     64,
		rows:      rows512,
		vector:    func() reg.VecVirtual { return ZMM() },
		loadLast:  func(from Op, into reg.VecVirtual) { VMOVUPS_Z(from, mask, into) },
		storeLast: func(from reg.VecVirtual, to Op) { VMOVUPS(from, mask, to) },
		prepare: func(lanes Op) {
			bits, all := GP64(), GP32()
			MOVQ(lanes, bits)
			MOVL(U32(0xffff), all)
			BZHIL(bits.As32(), all, all)
			mask = K()
			KMOVW(all, mask)
		},
	}
}

// window is memory with 8 words of ones and then 8 of zeros: 8 words that begin
// n words before the zeros are a mask for n lanes.
var window Mem

func avx2() family {
	if window.Symbol.Name == "" {
		window = GLOBL("lanes", RODATA|NOPTR)
		for i := range 16 {
			word := uint32(0xffffffff)
			if i >= 8 {
				word = 0
			}
			DATA(4*i, U32(word))
		}
	}
	var mask reg.VecVirtual
	return family{
		name:      "avx2",
		bytes:     32,
		rows:      rows256,
		vector:    func() reg.VecVirtual { return YMM() },
		loadLast:  func(from Op, into reg.VecVirtual) { VMASKMOVPS(from, mask, into) },
		storeLast: func(from reg.VecVirtual, to Op) { VMASKMOVPS(from, mask, to) },
		prepare: func(lanes Op) {
			at, base := GP64(), GP64()
			MOVQ(lanes, at)
			NEGQ(at)
			LEAQ(window.Offset(32), base)
			mask = YMM()
			VMOVUPS(Mem{Base: base, Index: at, Scale: 4}, mask)
		},
	}
}

func tiles(f family) {
	for vectors := 1; vectors <= mostVectors; vectors++ {
		for rows := 1; rows <= f.rows; rows++ {
			tile(f, rows, vectors, sets(rows, vectors))
		}
	}
}
