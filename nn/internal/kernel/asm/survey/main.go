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

// liner holds the registers of a look at lines.
type liner struct {
	wide                     bool
	lanes                    int
	about                    reg.VecVirtual
	low, high, squares, sums []reg.VecVirtual
	from, width, to, lines   reg.GPVirtual
	field                    func(int) Mem
	named                    int
}

// lines finds bounds, moments and sums by column: a strip of columns stays in registers
// while all lines of a run go by.
func lines(wide bool) {
	field := begin(wide, "Lines")
	l := &liner{wide: wide, lanes: widthOf(wide) / 4, about: vector(wide), field: field}
	VBROADCASTSS(field(about), l.about)
	for range 2 {
		l.low, l.high = append(l.low, broadcast(wide, infinity)), append(l.high, broadcast(wide, infinity|1<<31))
	}
	l.squares = zeros(wide)
	if wide {
		l.sums = zeros(true)
	} else {
		// There are not registers for these, too.
		z := zero(false)
		for i := range columnsAtOnce / 8 {
			VMOVUPS(z, field(scratch+32*i))
		}
	}
	from, left, again, into, rest := GP64(), GP64(), GP64(), GP64(), GP64()
	l.from, l.width, l.to, l.lines = GP64(), GP64(), GP64(), GP64()
	MOVQ(field(values), from)
	MOVQ(field(width), l.width)
	MOVQ(field(times), again)
	Label("again")
	TESTQ(again, again)
	JZ(LabelRef("done"))
	DECQ(again)
	MOVQ(field(counts), l.lines)
	MOVQ(field(runs), left)
	MOVQ(field(columns), into)
	Label("run")
	TESTQ(left, left)
	JZ(LabelRef("again"))
	DECQ(left)
	MOVQ(l.width, rest)
	MOVQ(from, l.from)
	MOVQ(into, l.to)
	Label("strip")
	CMPQ(rest, Imm(columnsAtOnce))
	JL(LabelRef("part"))
	l.strip(l.all(), nil)
	ADDQ(Imm(4*columnsAtOnce), l.from)
	ADDQ(Imm(4*columnsAtOnce), l.to)
	SUBQ(Imm(columnsAtOnce), rest)
	JNZ(LabelRef("strip"))
	JMP(LabelRef("stripped"))
	Label("part")
	if wide {
		CMPQ(rest, Imm(16))
		JLE(LabelRef("single"))
		SUBQ(Imm(16), rest)
		l.strip(l.all(), rest)
		JMP(LabelRef("stripped"))
		Label("single")
		l.strip([]int{0}, rest)
	} else {
		for i := range columnsAtOnce / 8 {
			last, some := fmt.Sprint("last", i), fmt.Sprint("some", i)
			CMPQ(rest, Imm(8))
			JLE(LabelRef(last))
			l.strip([]int{i}, nil)
			ADDQ(Imm(32), l.from)
			ADDQ(Imm(32), l.to)
			SUBQ(Imm(8), rest)
			JMP(LabelRef(some))
			Label(last)
			l.strip([]int{i}, rest)
			JMP(LabelRef("stripped"))
			Label(some)
		}
	}
	Label("stripped")
	length, apart := GP64(), GP64()
	MOVQ(Mem{Base: l.lines}, length)
	IMULQ(l.width, length)
	LEAQ(Mem{Base: from, Index: length, Scale: 4}, from)
	ADDQ(Imm(8), l.lines)
	MOVQ(field(stride), apart)
	LEAQ(Mem{Base: into, Index: apart, Scale: 4}, into)
	JMP(LabelRef("run"))
	Label("done")
	VMINPS(l.low[1], l.low[0], l.low[0])
	VMAXPS(l.high[1], l.high[0], l.high[0])
	bound(wide, VMINPS, l.low[0], field(least))
	bound(wide, VMAXPS, l.high[0], field(most))
	join(wide, l.squares, field, squares)
	if !wide {
		for i := range columnsAtOnce / 8 {
			l.sums = append(l.sums, YMM())
			VMOVUPS(field(scratch+32*i), l.sums[i])
		}
	}
	join(wide, l.sums, field, sums)
	VZEROUPPER()
	RET()
}

// all are the vectors of a strip.
func (l *liner) all() (vectors []int) {
	for i := range columnsAtOnce / l.lanes {
		vectors = append(vectors, i)
	}
	return vectors
}

// strip goes through the lines of a run with some vectors of columns; of the last one
// only the first n lanes are taken, if n is given.
func (l *liner) strip(vectors []int, n reg.GPVirtual) {
	l.named++
	line, through := fmt.Sprint("line", l.named), fmt.Sprint("through", l.named)
	count, here := GP64(), GP64()
	MOVQ(Mem{Base: l.lines}, count)
	MOVQ(l.from, here)
	some := chooser{}
	if n != nil {
		some = choose(l.wide, n)
	}
	part := func(k int) bool { return n != nil && k == len(vectors)-1 }
	columns := make([]reg.VecVirtual, len(vectors))
	for k := range columns {
		columns[k] = zero(l.wide)
	}
	Label(line)
	DECQ(count)
	JL(LabelRef(through))
	for k, i := range vectors {
		x, at := vector(l.wide), Mem{Base: here, Disp: 4 * l.lanes * k}
		low, high := l.low[i%2], l.high[i%2]
		if part(k) {
			some.look(at, x, low, high, l.about)
		} else {
			VMOVUPS(at, x)
			VMINPS(low, x, low) // of NaN and a bound it takes the bound
			VMAXPS(high, x, high)
			VSUBPS(l.about, x, x)
		}
		VADDPS(x, columns[k], columns[k])
		VMULPS(x, x, x)
		VADDPS(x, l.squares[i], l.squares[i])
	}
	LEAQ(Mem{Base: here, Index: l.width, Scale: 4}, here)
	JMP(LabelRef(line))
	Label(through)
	for k, i := range vectors {
		if l.wide {
			VADDPS(columns[k], l.sums[i], l.sums[i])
		} else {
			sum := YMM()
			VADDPS(l.field(scratch+32*i), columns[k], sum)
			VMOVUPS(sum, l.field(scratch+32*i))
		}
		at := Mem{Base: l.to, Disp: 4 * l.lanes * k}
		if part(k) {
			some.addTo(columns[k], at)
		} else {
			VADDPS(at, columns[k], columns[k])
			VMOVUPS(columns[k], at)
		}
	}
}

// chooser takes some lanes of a vector.
type chooser struct {
	// look reads values, moves bounds by them and gives their distances from about, which
	// are 0 for the others.
	look func(from Mem, x, low, high, about reg.VecVirtual)
	// addTo adds to what is in memory.
	addTo func(x reg.VecVirtual, to Mem)
	// values reads values, 0 for the others.
	values func(from Mem, x reg.VecVirtual)
	// mask is ones for those lanes.
	mask Op
}

// choose is one for the first n lanes.
func choose(wide bool, n reg.GPVirtual) chooser {
	if wide {
		mask := chosen(n)
		return chooser{
			func(from Mem, x, low, high, about reg.VecVirtual) {
				VMOVUPS_Z(from, mask, x)
				VMINPS(low, x, mask, low)
				VMAXPS(high, x, mask, high)
				VSUBPS_Z(about, x, mask, x)
			},
			func(x reg.VecVirtual, to Mem) {
				y := ZMM()
				VMOVUPS_Z(to, mask, y)
				VADDPS(x, y, y)
				VMOVUPS(y, mask, to)
			},
			func(from Mem, x reg.VecVirtual) { VMOVUPS_Z(from, mask, x) },
			mask,
		}
	}
	base, back, mask := GP64(), GP64(), YMM()
	MOVQ(n, back)
	NEGQ(back)
	LEAQ(ones.Offset(32), base)
	VMOVUPS(Mem{Base: base, Index: back, Scale: 4}, mask)
	return chooser{
		func(from Mem, x, low, high, about reg.VecVirtual) {
			y := YMM()
			VMASKMOVPS(from, mask, x)
			VBLENDVPS(mask, x, low, y)
			VMINPS(low, y, low)
			VBLENDVPS(mask, x, high, y)
			VMAXPS(high, y, high)
			VSUBPS(about, x, x)
			VANDPS(mask, x, x)
		},
		func(x reg.VecVirtual, to Mem) {
			y := YMM()
			VMASKMOVPS(to, mask, y)
			VADDPS(x, y, y)
			VMASKMOVPS(y, mask, to)
		},
		func(from Mem, x reg.VecVirtual) { VMASKMOVPS(from, mask, x) },
		mask,
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
