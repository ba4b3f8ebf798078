// Command survey writes the assembly of what looks at numbers without changing
// them. Run it by `go generate` in package kernel; its output is committed.
package main

import (
	"fmt"

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
		lines(wide)
		equals(wide)
		below(wide)
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
	sought  = 16
	met     = 24
	least   = 32
	most    = 36
	about   = 40
	counts  = 48
	runs    = 56
	times   = 64
	columns = 72
	stride  = 80
	width   = 88
	sums    = 96
	squares = 160
	under   = 224
	scratch = 288
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

// chosen is a mask of the first n of 16 lanes.
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

// broadcast fills a vector with the bits of a float32.
func broadcast(wide bool, bits uint32) reg.VecVirtual {
	word, x, v := GP32(), XMM(), vector(wide)
	MOVL(U32(bits), word)
	VMOVD(word, x)
	VBROADCASTSS(x, v)
	return v
}

// bound writes the least or greatest lane of a vector.
func bound(wide bool, more func(ops ...Op), of reg.VecVirtual, to Mem) {
	half, quarter, other := YMM(), XMM(), XMM()
	if wide {
		VEXTRACTF64X4(Imm(1), of, half)
		more(half, of.AsY(), half)
	} else {
		VMOVAPS(of, half)
	}
	VEXTRACTF128(Imm(1), half, quarter)
	more(quarter, half.AsX(), quarter)
	VPERMILPS(Imm(0x4e), quarter, other)
	more(other, quarter, quarter)
	VPERMILPS(Imm(0xb1), quarter, other)
	more(other, quarter, quarter)
	VMOVSS(quarter, to)
}

// equals counts the values that are each of two that are sought.
func equals(wide bool) {
	field := begin(wide, "Equal")
	// Lanes count downwards: a comparison that holds is -1.
	const several = 2
	var like [2]reg.VecVirtual
	var counts [2][several]reg.VecVirtual
	for k := range like {
		like[k] = vector(wide)
		VBROADCASTSS(field(sought+4*k), like[k])
		for i := range several {
			counts[k][i] = zero(wide)
		}
	}
	minus := vector(wide)
	if wide {
		VPTERNLOGD(Imm(0xff), minus, minus, minus)
	}
	compare := func(x Op, k, i int, also ...Op) {
		sum := counts[k][i]
		if wide {
			same := K()
			VCMPPS(append([]Op{Imm(equal), x, like[k]}, append(also, same)...)...)
			VPADDD(minus, sum, same, sum)
			return
		}
		same := YMM()
		VCMPPS(Imm(equal), x, like[k], same)
		for _, mask := range also {
			VPAND(mask, same, same)
		}
		VPADDD(same, sum, sum)
	}
	from, left := GP64(), GP64()
	MOVQ(field(values), from)
	MOVQ(field(amount), left)
	scan(wide, from, left, 2*several, func(i int, at Mem) {
		x := vector(wide)
		VMOVUPS(at, x)
		for k := range like {
			compare(x, k, i%several)
		}
	}, func(n reg.GPVirtual) {
		x := vector(wide)
		some := choose(wide, n)
		some.values(Mem{Base: from}, x)
		for k := range like {
			compare(x, k, 0, some.mask)
		}
	})
	for k := range like {
		half, quarter, other, total := YMM(), XMM(), XMM(), counts[k][0]
		VPADDD(counts[k][1], total, total)
		if wide {
			VEXTRACTI64X4(Imm(1), total, half)
			VPADDD(half, total.AsY(), half)
		} else {
			VMOVDQA(total, half)
		}
		VEXTRACTI128(Imm(1), half, quarter)
		VPADDD(quarter, half.AsX(), quarter)
		for _, turn := range []uint64{0x4e, 0xb1} {
			VPSHUFD(Imm(turn), quarter, other)
			VPADDD(other, quarter, quarter)
		}
		count := GP32()
		VMOVD(quarter, count)
		NEGL(count)
		MOVL(count, field(met+4*k))
	}
	VZEROUPPER()
	RET()
}

// columnsAtOnce is the columns that stay in registers while lines go by, and the sums
// in single precision that do not wait for each other.
const columnsAtOnce = 32

func zero(wide bool) reg.VecVirtual {
	z := vector(wide)
	if wide {
		VPXORQ(z, z, z)
	} else {
		VPXOR(z, z, z)
	}
	return z
}

// zeros are sums in single precision.
func zeros(wide bool) (lanes []reg.VecVirtual) {
	for range columnsAtOnce * 4 / widthOf(wide) {
		lanes = append(lanes, zero(wide))
	}
	return lanes
}

// join adds sums in single precision to 8 in double precision.
func join(wide bool, lanes []reg.VecVirtual, field func(int) Mem, offset int) {
	parts := 64 / widthOf(wide)
	var total []reg.VecVirtual
	for i := range parts {
		total = append(total, vector(wide))
		VMOVUPD(field(offset+widthOf(wide)*i), total[i])
	}
	for _, lane := range lanes {
		for half := range 2 {
			var x Op
			switch {
			case wide && half == 0:
				x = lane.AsY()
			case wide:
				y := YMM()
				VEXTRACTF64X4(Imm(1), lane, y)
				x = y
			case half == 0:
				x = lane.AsX()
			default:
				y := XMM()
				VEXTRACTF128(Imm(1), lane, y)
				x = y
			}
			d := vector(wide)
			VCVTPS2PD(x, d)
			// With vectors of 4 doubles, one of 8 lanes is both parts of a group.
			at := 0
			if !wide {
				at = half
			}
			VADDPD(d, total[at], total[at])
		}
	}
	for i := range parts {
		VMOVUPD(total[i], field(offset+widthOf(wide)*i))
	}
}

// below adds up what is below 0.
func below(wide bool) {
	field := begin(wide, "Below")
	sums, none := zeros(wide), zero(wide)
	from, left := GP64(), GP64()
	MOVQ(field(values), from)
	MOVQ(field(amount), left)
	add := func(i int, x reg.VecVirtual) {
		VMINPS(none, x, x) // of NaN and 0 it takes 0
		VADDPS(x, sums[i], sums[i])
	}
	Label("lanes")
	CMPQ(left, Imm(columnsAtOnce))
	JL(LabelRef("part"))
	for i := range sums {
		x := vector(wide)
		VMOVUPS(Mem{Base: from, Disp: widthOf(wide) * i}, x)
		add(i, x)
	}
	ADDQ(Imm(4*columnsAtOnce), from)
	SUBQ(Imm(columnsAtOnce), left)
	JMP(LabelRef("lanes"))
	Label("part")
	for i := range sums {
		last, some := fmt.Sprint("last", i), fmt.Sprint("some", i)
		TESTQ(left, left)
		JZ(LabelRef("done"))
		CMPQ(left, Imm(uint64(widthOf(wide)/4)))
		JL(LabelRef(last))
		x := vector(wide)
		VMOVUPS(Mem{Base: from, Disp: widthOf(wide) * i}, x)
		add(i, x)
		SUBQ(Imm(uint64(widthOf(wide)/4)), left)
		JMP(LabelRef(some))
		Label(last)
		choose(wide, left).values(Mem{Base: from, Disp: widthOf(wide) * i}, x)
		add(i, x)
		JMP(LabelRef("done"))
		Label(some)
	}
	Label("done")
	join(wide, sums, field, under)
	VZEROUPPER()
	RET()
}

// Offsets in Digest.
const (
	lanes = 0
	keys  = 64
	data  = 128
	count = 136
	pace  = 144
)

// stripes mixes 64 bytes at a time into a digest. What is added to each lane's neighbour
// is summed by itself, and brought there in the end.
func stripes(wide bool) {
	TEXT(name(wide, "Stripes"), NOSPLIT, "func(d *byte)")
	at := Load(Param("d"), GP64()).(reg.GPVirtual)
	width, parts := 64, 1
	if !wide {
		width, parts = 32, 2
	}
	step := vector(wide)
	VPBROADCASTQ(Mem{Base: at, Disp: pace}, step)
	var sums, key, words []reg.VecVirtual
	for i := range parts {
		sums, key, words = append(sums, vector(wide)), append(key, vector(wide)), append(words, zero(wide))
		VMOVUPS(Mem{Base: at, Disp: lanes + width*i}, sums[i])
		VMOVUPS(Mem{Base: at, Disp: keys + width*i}, key[i])
	}
	from, left := GP64(), GP64()
	MOVQ(Mem{Base: at, Disp: data}, from)
	MOVQ(Mem{Base: at, Disp: count}, left)
	mix := func(disp int) {
		for i := range parts {
			x, mixed, upper := vector(wide), vector(wide), vector(wide)
			VMOVUPS(Mem{Base: from, Disp: disp + width*i}, x)
			if wide {
				VPXORQ(key[i], x, mixed)
			} else {
				VPXOR(key[i], x, mixed)
			}
			VPSRLQ(Imm(32), mixed, upper)
			VPMULUDQ(upper, mixed, mixed)
			VPADDQ(mixed, sums[i], sums[i])
			VPADDQ(x, words[i], words[i])
			VPADDQ(step, key[i], key[i])
		}
	}
	const several = 4
	Label("several")
	CMPQ(left, Imm(several))
	JL(LabelRef("stripe"))
	for i := range several {
		mix(64 * i)
	}
	ADDQ(U32(64*several), from)
	SUBQ(Imm(several), left)
	JMP(LabelRef("several"))
	Label("stripe")
	TESTQ(left, left)
	JZ(LabelRef("done"))
	mix(0)
	ADDQ(Imm(64), from)
	DECQ(left)
	JMP(LabelRef("stripe"))
	Label("done")
	for i := range parts {
		VPSHUFD(Imm(0x4e), words[i], words[i])
		VPADDQ(words[i], sums[i], sums[i])
		VMOVUPS(sums[i], Mem{Base: at, Disp: lanes + width*i})
		VMOVUPS(key[i], Mem{Base: at, Disp: keys + width*i})
	}
	VZEROUPPER()
	RET()
}
