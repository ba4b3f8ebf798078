package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

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
