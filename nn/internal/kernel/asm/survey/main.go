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
	for _, wide := range []bool{true, false} {
		survey(wide)
		stripes(wide)
	}
	Generate()
}

// ones is memory with 8 words of ones and then 8 of zeros: 8 words that begin n
// words before the zeros choose n lanes.
var ones Mem

// Offsets in Survey.
const (
	values   = 0
	lengths  = 8
	runs     = 16
	columns  = 24
	stride   = 32
	fold     = 40
	about    = 48
	pad      = 56
	corner   = 60
	low      = 64
	high     = 128
	atLow    = 192
	atHigh   = 256
	atCorner = 320
	squares  = 384
	absolute = 448
)

// Comparisons, as VCMPPS numbers them.
const (
	equal       = 0
	lessThan    = 1
	lessOrEqual = 2
	notLessThan = 5
	greaterThan = 14
)

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

// surveyor holds the registers of a survey.
type surveyor struct {
	wide                                bool
	at                                  reg.GPVirtual
	from, column                        reg.GPVirtual
	low, high, atLow, atHigh, atCorner  reg.VecVirtual
	squares, absolute                   []reg.VecVirtual
	about, corner, one, magnitude, fill reg.VecVirtual
}

func (s *surveyor) field(offset int) Mem { return Mem{Base: s.at, Disp: offset} }

// fields moves the lanes between registers and the struct.
func (s *surveyor) fields(move func(field Mem, register reg.VecVirtual)) {
	move(s.field(low), s.low)
	move(s.field(high), s.high)
	move(s.field(atLow), s.atLow)
	move(s.field(atHigh), s.atHigh)
	move(s.field(atCorner), s.atCorner)
	for i := range s.squares {
		move(s.field(squares+32*i), s.squares[i])
		move(s.field(absolute+32*i), s.absolute[i])
	}
}

func survey(wide bool) {
	TEXT(name(wide, "Survey"), NOSPLIT, "func(s *byte)")
	s := &surveyor{wide: wide, at: Load(Param("s"), GP64()).(reg.GPVirtual)}
	for _, v := range []*reg.VecVirtual{&s.low, &s.high, &s.atLow, &s.atHigh, &s.atCorner, &s.about, &s.magnitude} {
		*v = vector(wide)
	}
	halves := 1
	if !wide {
		halves = 2
	}
	for range halves {
		s.squares, s.absolute = append(s.squares, vector(wide)), append(s.absolute, vector(wide))
	}
	s.fields(func(field Mem, register reg.VecVirtual) { VMOVUPS(field, register) })
	VBROADCASTSD(s.field(about), s.about)
	if wide {
		VPTERNLOGD(Imm(0xff), s.magnitude, s.magnitude, s.magnitude)
		s.one, s.corner, s.fill = ZMM(), ZMM(), ZMM()
		VPSRLD(Imm(31), s.magnitude, s.one)
		VPSRLQ(Imm(1), s.magnitude, s.magnitude)
		VBROADCASTSS(s.field(corner), s.corner)
		VBROADCASTSS(s.field(pad), s.fill)
	} else {
		VPCMPEQD(s.magnitude, s.magnitude, s.magnitude)
		VPSRLQ(Imm(1), s.magnitude, s.magnitude)
	}

	s.from = GP64()
	MOVQ(s.field(values), s.from)
	length, left, row, apart, wrap := GP64(), GP64(), GP64(), GP64(), GP64()
	MOVQ(s.field(lengths), length)
	MOVQ(s.field(runs), left)
	MOVQ(s.field(columns), row)
	MOVQ(s.field(stride), apart)
	SHLQ(Imm(3), apart)
	MOVQ(s.field(fold), wrap)
	SHLQ(Imm(3), wrap)
	here, folded, n := GP64(), GP64(), GP64()
	s.column = GP64()

	Label("run")
	TESTQ(left, left)
	JZ(LabelRef("done"))
	MOVQ(Mem{Base: length}, n)
	XORQ(here, here)
	Label("vector")
	CMPQ(n, Imm(16))
	JL(LabelRef("rest"))
	LEAQ(Mem{Base: row, Index: here, Scale: 1}, s.column)
	s.step(nil)
	ADDQ(Imm(64), s.from)
	ADDQ(U32(128), here)
	MOVQ(here, folded)
	SUBQ(wrap, folded)
	CMOVQGE(folded, here)
	SUBQ(Imm(16), n)
	JMP(LabelRef("vector"))
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
	s.fields(func(field Mem, register reg.VecVirtual) { VMOVUPS(register, field) })
	VZEROUPPER()
	RET()
}

// step looks at 16 numbers, or at n of them and so many fillers.
func (s *surveyor) step(n reg.GPVirtual) {
	if s.wide {
		s.step512(n)
		return
	}
	for half := range 2 {
		s.step256(n, half)
	}
}

func (s *surveyor) step512(n reg.GPVirtual) {
	x := ZMM()
	if n == nil {
		VMOVUPS(Mem{Base: s.from}, x)
	} else {
		all, mask := GP32(), K()
		MOVL(U32(0xffff), all)
		BZHIL(n.As32(), all, all)
		KMOVW(all, mask)
		VMOVAPS(s.fill, x)
		VMOVUPS(Mem{Base: s.from}, mask, x)
	}
	for _, b := range []struct {
		bound, count reg.VecVirtual
		within       Op
		more         func(ops ...Op)
	}{
		{s.low, s.atLow, Imm(notLessThan), VMINPS},
		{s.high, s.atHigh, Imm(lessOrEqual), VMAXPS},
	} {
		keeps, same := K(), K()
		VCMPPS(b.within, b.bound, x, keeps)
		VMOVDQA32_Z(b.count, keeps, b.count)
		b.more(b.bound, x, b.bound)
		VCMPPS(Imm(equal), b.bound, x, same)
		VPADDD(s.one, b.count, same, b.count)
	}
	same := K()
	VCMPPS(Imm(equal), s.corner, x, same)
	VPADDD(s.one, s.atCorner, same, s.atCorner)
	for half := range 2 {
		d, y := ZMM(), ZMM()
		if half == 0 {
			VCVTPS2PD(x.AsY(), d)
		} else {
			upper := YMM()
			VEXTRACTF64X4(Imm(1), x, upper)
			VCVTPS2PD(upper, d)
		}
		VPANDQ(s.magnitude, d, y)
		VADDPD(y, s.absolute[0], s.absolute[0])
		VSUBPD(s.about, d, d)
		sum := ZMM()
		VADDPD(Mem{Base: s.column, Disp: 64 * half}, d, sum)
		VMOVUPD(sum, Mem{Base: s.column, Disp: 64 * half})
		VMULPD(d, d, d)
		VADDPD(d, s.squares[0], s.squares[0])
	}
}

func (s *surveyor) step256(n reg.GPVirtual, half int) {
	x := YMM()
	from := Mem{Base: s.from, Disp: 32 * half}
	if n == nil {
		VMOVUPS(from, x)
	} else {
		base, back, mask, fill := GP64(), GP64(), YMM(), YMM()
		MOVQ(n, back)
		if half == 0 {
			most := GP64()
			MOVQ(U32(8), most)
			CMPQ(back, most)
			CMOVQGT(most, back)
		} else {
			least := GP64()
			SUBQ(Imm(8), back)
			MOVQ(U32(0), least)
			CMOVQLT(least, back)
		}
		NEGQ(back)
		LEAQ(ones.Offset(32), base)
		VMOVUPS(Mem{Base: base, Index: back, Scale: 4}, mask)
		VMASKMOVPS(from, mask, x)
		VBROADCASTSS(s.field(pad), fill)
		VBLENDVPS(mask, x, fill, x)
	}
	for _, b := range []struct {
		bound, count reg.VecVirtual
		further      Op
		more         func(ops ...Op)
	}{
		{s.low, s.atLow, Imm(lessThan), VMINPS},
		{s.high, s.atHigh, Imm(greaterThan), VMAXPS},
	} {
		hit := YMM()
		VCMPPS(b.further, b.bound, x, hit)
		VPANDN(b.count, hit, b.count)
		b.more(b.bound, x, b.bound)
		same := YMM()
		VCMPPS(Imm(equal), b.bound, x, same)
		VPSUBD(same, b.count, b.count)
	}
	same := YMM()
	VBROADCASTSS(s.field(corner), same)
	VCMPPS(Imm(equal), same, x, same)
	VPSUBD(same, s.atCorner, s.atCorner)
	for quarter := range 2 {
		d, y := YMM(), YMM()
		if quarter == 0 {
			VCVTPS2PD(x.AsX(), d)
		} else {
			upper := XMM()
			VEXTRACTF128(Imm(1), x, upper)
			VCVTPS2PD(upper, d)
		}
		VANDPD(s.magnitude, d, y)
		VADDPD(y, s.absolute[quarter], s.absolute[quarter])
		VSUBPD(s.about, d, d)
		sum := YMM()
		column := Mem{Base: s.column, Disp: 64*half + 32*quarter}
		VADDPD(column, d, sum)
		VMOVUPD(sum, column)
		VMULPD(d, d, d)
		VADDPD(d, s.squares[quarter], s.squares[quarter])
	}
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
