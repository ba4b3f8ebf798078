// Command survey writes the assembly of what looks at numbers without changing
// them. Run it by `go generate` in package kernel; its output is committed.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func main() {
	ConstraintExpr("!purego")
	ones = GLOBL("chosen", RODATA|NOPTR)
	for i := range 8 {
		DATA(4*i, U32(0xffffffff))
	}
	for i := range 8 {
		DATA(4*(8+i), U32(0))
	}
	fill()
	parting()
	for _, wide := range []bool{true, false} {
		bounds(wide)
		equals(wide)
		sums(wide, false)
		sums(wide, true)
		stripes(wide)
	}
	Generate()
}

// ones is memory with 8 words of ones and then 8 of zeros: 8 words that begin n
// words before the zeros choose n lanes.
var ones Mem

// Offsets in Survey.
const (
	values  = 0
	amount  = 8
	met     = 16
	sought  = 24
	least   = 28
	most    = 32
	lengths = 40
	runs    = 48
	times   = 56
	columns = 64
	stride  = 72
	fold    = 80
	about   = 88
	squares = 96
	below   = 224
)

// equal is a comparison, as VCMPPS numbers them.
const equal = 0

// infinity is the bits of a float32.
const infinity = 0x7f800000

func name(wide bool, what string) string {
	if wide {
		return "avx512" + what
	}
	return "avx2" + what
}

func vector(wide bool) reg.VecVirtual {
	if wide {
		return ZMM()
	}
	return YMM()
}

// widthOf is the bytes of a vector.
func widthOf(wide bool) int {
	if wide {
		return 64
	}
	return 32
}

// begin starts a function and gives where its struct is.
func begin(wide bool, what string) func(offset int) Mem {
	TEXT(name(wide, what), NOSPLIT, "func(s *byte)")
	at := Load(Param("s"), GP64()).(reg.GPVirtual)
	return func(offset int) Mem { return Mem{Base: at, Disp: offset} }
}

// chosen is a mask of the first n of 16 lanes, fewer than all.
func chosen(n reg.GPVirtual) reg.OpmaskVirtual {
	all, mask := GP32(), K()
	MOVL(U32(0xffff), all)
	BZHIL(n.As32(), all, all)
	KMOVW(all, mask)
	return mask
}

// scan goes through the values: several vectors at once, one at once, and what is
// left of one. One is shown values that are read from memory; last n values, of
// which there are fewer than in a vector.
func scan(wide bool, from, left reg.GPVirtual, several int, one func(i int, x Mem), last func(n reg.GPVirtual)) {
	width := widthOf(wide)
	for _, at := range []struct {
		name, next string
		count      int
	}{{"several", "one", several}, {"one", "last", 1}} {
		Label(at.name)
		CMPQ(left, U32(uint32(at.count*width/4)))
		JL(LabelRef(at.next))
		for i := range at.count {
			one(i, Mem{Base: from, Disp: width * i})
		}
		ADDQ(U32(uint32(at.count*width)), from)
		SUBQ(U32(uint32(at.count*width/4)), left)
		JMP(LabelRef(at.name))
	}
	Label("last")
	TESTQ(left, left)
	JZ(LabelRef("done"))
	last(left)
	Label("done")
}

// bounds finds the least and the greatest value.
func bounds(wide bool) {
	field := begin(wide, "Bounds")
	const several = 4
	var low, high [several]reg.VecVirtual
	for i, bits := range []uint32{infinity, infinity | 1<<31} {
		word := GP32()
		MOVL(U32(bits), word)
		x := XMM()
		VMOVD(word, x)
		for k := range several {
			v := vector(wide)
			VBROADCASTSS(x, v)
			if i == 0 {
				low[k] = v
			} else {
				high[k] = v
			}
		}
	}
	from, left := GP64(), GP64()
	MOVQ(field(values), from)
	MOVQ(field(amount), left)
	scan(wide, from, left, several, func(i int, at Mem) {
		x := vector(wide)
		VMOVUPS(at, x)
		VMINPS(low[i], x, low[i]) // of NaN and a bound it takes the bound
		VMAXPS(high[i], x, high[i])
	}, func(n reg.GPVirtual) {
		if wide {
			mask, x := chosen(n), ZMM()
			VMOVUPS_Z(Mem{Base: from}, mask, x)
			VMINPS(low[0], x, mask, low[0])
			VMAXPS(high[0], x, mask, high[0])
			return
		}
		Label("each")
		x := YMM()
		VBROADCASTSS(Mem{Base: from}, x)
		VMINPS(low[0], x, low[0])
		VMAXPS(high[0], x, high[0])
		ADDQ(Imm(4), from)
		DECQ(n)
		JNZ(LabelRef("each"))
	})
	for _, b := range []struct {
		all  []reg.VecVirtual
		more func(ops ...Op)
		into int
	}{{low[:], VMINPS, least}, {high[:], VMAXPS, most}} {
		for step := several / 2; step > 0; step /= 2 {
			for i := range step {
				b.more(b.all[i+step], b.all[i], b.all[i])
			}
		}
		half, quarter, other := YMM(), XMM(), XMM()
		if wide {
			VEXTRACTF64X4(Imm(1), b.all[0], half)
			b.more(half, b.all[0].AsY(), half)
		} else {
			VMOVAPS(b.all[0], half)
		}
		VEXTRACTF128(Imm(1), half, quarter)
		b.more(quarter, half.AsX(), quarter)
		VPERMILPS(Imm(0x4e), quarter, other)
		b.more(other, quarter, quarter)
		VPERMILPS(Imm(0xb1), quarter, other)
		b.more(other, quarter, quarter)
		VMOVSS(quarter, field(b.into))
	}
	VZEROUPPER()
	RET()
}

// equals counts the values that are the one that is sought.
func equals(wide bool) {
	field := begin(wide, "Equal")
	like, total := vector(wide), GP64()
	VBROADCASTSS(field(sought), like)
	XORQ(total, total)
	from, left := GP64(), GP64()
	MOVQ(field(values), from)
	MOVQ(field(amount), left)
	add := func(lanes reg.GPVirtual) {
		POPCNTL(lanes, lanes)
		ADDQ(lanes.As64(), total)
	}
	scan(wide, from, left, 4, func(_ int, at Mem) {
		lanes := GP32()
		if wide {
			same := K()
			VCMPPS(Imm(equal), at, like, same)
			KMOVW(same, lanes)
		} else {
			same := YMM()
			VCMPPS(Imm(equal), at, like, same)
			VMOVMSKPS(same, lanes)
		}
		add(lanes)
	}, func(n reg.GPVirtual) {
		lanes := GP32()
		if wide {
			mask, same, x := chosen(n), K(), ZMM()
			VMOVUPS_Z(Mem{Base: from}, mask, x)
			VCMPPS(Imm(equal), x, like, mask, same)
			KMOVW(same, lanes)
			add(lanes)
			return
		}
		Label("each")
		x := YMM()
		VBROADCASTSS(Mem{Base: from}, x)
		VCMPPS(Imm(equal), x, like, x)
		VMOVMSKPS(x, lanes)
		ANDL(Imm(1), lanes)
		add(lanes)
		ADDQ(Imm(4), from)
		DECQ(n)
		JNZ(LabelRef("each"))
	})
	MOVQ(total, field(met))
	VZEROUPPER()
	RET()
}

// summer holds the registers of sums.
type summer struct {
	wide, under    bool
	from, column   reg.GPVirtual
	about, zero    reg.VecVirtual
	squares, below []reg.VecVirtual
}

// sums adds up by column.
func sums(wide, under bool) {
	what := "Sums"
	if under {
		what = "SumsBelow"
	}
	field := begin(wide, what)
	s := &summer{wide: wide, under: under, about: vector(wide), zero: vector(wide)}
	width := widthOf(wide)
	for i := range 128 / width {
		s.squares = append(s.squares, vector(wide))
		VMOVUPS(field(squares+width*i), s.squares[i])
		if under {
			s.below = append(s.below, vector(wide))
			VMOVUPS(field(below+width*i), s.below[i])
		}
	}
	VBROADCASTSD(field(about), s.about)
	if under {
		if wide {
			VPXORQ(s.zero, s.zero, s.zero)
		} else {
			VPXOR(s.zero, s.zero, s.zero)
		}
	}
	again, apart, wrap := GP64(), GP64(), GP64()
	s.from, s.column = GP64(), GP64()
	MOVQ(field(values), s.from)
	MOVQ(field(times), again)
	MOVQ(field(stride), apart)
	SHLQ(Imm(3), apart)
	MOVQ(field(fold), wrap)
	SHLQ(Imm(3), wrap)
	length, left, row, here, folded, n := GP64(), GP64(), GP64(), GP64(), GP64(), GP64()
	Label("again")
	TESTQ(again, again)
	JZ(LabelRef("done"))
	DECQ(again)
	MOVQ(field(lengths), length)
	MOVQ(field(runs), left)
	MOVQ(field(columns), row)
	Label("run")
	TESTQ(left, left)
	JZ(LabelRef("again"))
	MOVQ(Mem{Base: length}, n)
	XORQ(here, here)
	CMPQ(n, Imm(16))
	JL(LabelRef("rest"))
	Label("vector")
	LEAQ(Mem{Base: row, Index: here, Scale: 1}, s.column)
	s.step(nil)
	ADDQ(Imm(64), s.from)
	ADDQ(U32(128), here)
	MOVQ(here, folded)
	SUBQ(wrap, folded)
	CMOVQGE(folded, here)
	SUBQ(Imm(16), n)
	CMPQ(n, Imm(16))
	JGE(LabelRef("vector"))
	Label("rest")
	TESTQ(n, n)
	JZ(LabelRef("next"))
	LEAQ(Mem{Base: row, Index: here, Scale: 1}, s.column)
	s.step(n)
	LEAQ(Mem{Base: s.from, Index: n, Scale: 4}, s.from)
	Label("next")
	ADDQ(Imm(8), length)
	ADDQ(apart, row)
	DECQ(left)
	JMP(LabelRef("run"))
	Label("done")
	for i := range s.squares {
		VMOVUPS(s.squares[i], field(squares+width*i))
		if under {
			VMOVUPS(s.below[i], field(below+width*i))
		}
	}
	VZEROUPPER()
	RET()
}

// step adds 16 values, or n of them.
func (s *summer) step(n reg.GPVirtual) {
	switch {
	case n == nil:
		for i := range s.squares {
			d := vector(s.wide)
			VCVTPS2PD(Mem{Base: s.from, Disp: widthOf(s.wide) / 2 * i}, d)
			s.add(i, d, func() {})
		}
	case s.wide:
		// Up to 8 values have no upper half.
		CMPQ(n, Imm(8))
		JLE(LabelRef("lower"))
		d, rest := ZMM(), GP64()
		VCVTPS2PD(Mem{Base: s.from}, d)
		s.add(0, d, func() {})
		LEAQ(Mem{Base: n, Disp: -8}, rest)
		s.partStep(1, rest)
		JMP(LabelRef("stepped"))
		Label("lower")
		s.partStep(0, n)
		Label("stepped")
	default:
		for half := range 2 {
			s.halfStep(n, half)
		}
	}
}

// partStep adds up to 8 values to sums i, for AVX-512.
func (s *summer) partStep(i int, n reg.GPVirtual) {
	mask, x, d := chosen(n), ZMM(), ZMM()
	VMOVUPS_Z(Mem{Base: s.from, Disp: 32 * i}, mask, x)
	VCVTPS2PD(x.AsY(), d)
	s.add(i, d, func() { VMOVAPD_Z(d, mask, d) })
}

// halfStep adds what there is in one of two halves of n values.
func (s *summer) halfStep(n reg.GPVirtual, half int) {
	base, back, mask, x := GP64(), GP64(), YMM(), YMM()
	MOVQ(n, back)
	if half == 0 {
		limit := GP64()
		MOVQ(U32(8), limit)
		CMPQ(back, limit)
		CMOVQGT(limit, back)
	} else {
		limit := GP64()
		SUBQ(Imm(8), back)
		MOVQ(U32(0), limit)
		CMOVQLT(limit, back)
	}
	NEGQ(back)
	LEAQ(ones.Offset(32), base)
	VMOVUPS(Mem{Base: base, Index: back, Scale: 4}, mask)
	VMASKMOVPS(Mem{Base: s.from, Disp: 32 * half}, mask, x)
	for quarter := range 2 {
		d, own := YMM(), YMM()
		if quarter == 0 {
			VCVTPS2PD(x.AsX(), d)
			VPMOVSXDQ(mask.AsX(), own)
		} else {
			y, upper := XMM(), XMM()
			VEXTRACTF128(Imm(1), x, y)
			VCVTPS2PD(y, d)
			VEXTRACTF128(Imm(1), mask, upper)
			VPMOVSXDQ(upper, own)
		}
		s.add(2*half+quarter, d, func() { VANDPD(own, d, d) })
	}
}

// add adds a vector of values to sums i; distances from about are chosen in between.
func (s *summer) add(i int, x reg.VecVirtual, choose func()) {
	if s.under {
		y := vector(s.wide)
		VMINPD(s.zero, x, y) // of NaN and 0 it takes 0
		VADDPD(y, s.below[i], s.below[i])
	}
	VSUBPD(s.about, x, x)
	choose()
	sum := vector(s.wide)
	column := Mem{Base: s.column, Disp: widthOf(s.wide) * i}
	VADDPD(column, x, sum)
	VMOVUPD(sum, column)
	VFMADD231PD(x, x, s.squares[i])
}

// Offsets in Digest.
const (
	lanes = 0
	keys  = 64
	data  = 128
	count = 136
	pace  = 144
)

// stripes mixes 64 bytes at a time into a digest.
func stripes(wide bool) {
	TEXT(name(wide, "Stripes"), NOSPLIT, "func(d *byte)")
	at := Load(Param("d"), GP64()).(reg.GPVirtual)
	width, parts := 64, 1
	if !wide {
		width, parts = 32, 2
	}
	step := vector(wide)
	VPBROADCASTQ(Mem{Base: at, Disp: pace}, step)
	var sums, key []reg.VecVirtual
	for i := range parts {
		sums, key = append(sums, vector(wide)), append(key, vector(wide))
		VMOVUPS(Mem{Base: at, Disp: lanes + width*i}, sums[i])
		VMOVUPS(Mem{Base: at, Disp: keys + width*i}, key[i])
	}
	from, left := GP64(), GP64()
	MOVQ(Mem{Base: at, Disp: data}, from)
	MOVQ(Mem{Base: at, Disp: count}, left)
	Label("stripe")
	TESTQ(left, left)
	JZ(LabelRef("done"))
	for i := range parts {
		x, mixed, upper := vector(wide), vector(wide), vector(wide)
		VMOVUPS(Mem{Base: from, Disp: width * i}, x)
		if wide {
			VPXORQ(key[i], x, mixed)
		} else {
			VPXOR(key[i], x, mixed)
		}
		VPSRLQ(Imm(32), mixed, upper)
		VPMULUDQ(upper, mixed, mixed)
		VPADDQ(mixed, sums[i], sums[i])
		VPSHUFD(Imm(0x4e), x, x)
		VPADDQ(x, sums[i], sums[i])
		VPADDQ(step, key[i], key[i])
	}
	ADDQ(Imm(64), from)
	DECQ(left)
	JMP(LabelRef("stripe"))
	Label("done")
	for i := range parts {
		VMOVUPS(sums[i], Mem{Base: at, Disp: lanes + width*i})
		VMOVUPS(key[i], Mem{Base: at, Disp: keys + width*i})
	}
	VZEROUPPER()
	RET()
}
