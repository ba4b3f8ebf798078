package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.tile[float32]; a test in that package holds
// them to the struct.
const (
	offsetA      = 0
	offsetB      = 24
	offsetC      = 48
	offsetBias   = 72
	offsetRuns   = 96
	offsetNumber = 104 // the length of the slice of runs
	offsetLength = 120
	offsetARow   = 128
	offsetAStep  = 136
	offsetBStep  = 144
	offsetCRow   = 152
	offsetLast   = 160
	offsetAdd    = 168
	offsetAhead  = 192
	offsetPace   = 200
)

// family is the vectors of one instruction set.
type family struct {
	name  string
	bytes int
	// rows of its largest tile.
	rows int
	// vector takes a new register.
	vector func() reg.VecVirtual
	// loadLast and storeLast move the lanes of the last vector of a row.
	loadLast  func(from Op, into reg.VecVirtual)
	storeLast func(from reg.VecVirtual, to Op)
	// prepare readies the mask for them from the number of lanes.
	prepare func(lanes Op)
}

// rowPointers address the rows of a by few registers: with a pointer to every
// third row and the row stride in a register, row 3j+0, 1, 2, 4 or 8 is one
// address.
type rowPointers struct {
	pointers []reg.GPVirtual
	stride   reg.GPVirtual
}

func newRowPointers(rows int) *rowPointers {
	p := &rowPointers{stride: GP64()}
	for j := 0; 3*j < rows; j++ {
		if j > 0 && p.reaches(3*j, rows) {
			break
		}
		p.pointers = append(p.pointers, GP64())
	}
	return p
}

// reaches says whether the pointers there are address all rows from first on.
func (p *rowPointers) reaches(first, rows int) bool {
	for row := first; row < rows; row++ {
		if _, _, ok := p.find(row); !ok {
			return false
		}
	}
	return true
}

func (p *rowPointers) find(row int) (pointer, scale int, ok bool) {
	for j := range p.pointers {
		switch ahead := row - 3*j; ahead {
		case 0, 1, 2, 4, 8:
			return j, ahead, true
		}
	}
	return 0, 0, false
}

// at is the address of the present element of a row.
func (p *rowPointers) at(row int) Mem {
	j, scale, ok := p.find(row)
	if !ok {
		panic("a row without an address")
	}
	m := Mem{Base: p.pointers[j]}
	if scale > 0 {
		m.Index, m.Scale = p.stride, uint8(scale)
	}
	return m
}

// tileAhead is how many steps ahead a and b are fetched.
const tileAhead = 8

// tile writes the micro-kernel of so many rows and vectors. Where the sums are
// too few to hide the latency of an addition, `sets` of them alternate over the
// steps of the inner loop.
func tile(f family, rows, vectors, sets int) {
	TEXT(tileName(f.name, rows, vectors), NOSPLIT, "func(t *byte)")
	t := Load(Param("t"), GP64())
	field := func(offset int) Mem { return Mem{Base: t, Disp: offset} }

	sums := make([][][]reg.VecVirtual, sets)
	for s := range sums {
		sums[s] = make([][]reg.VecVirtual, rows)
		for r := range rows {
			for range vectors {
				v := f.vector()
				zero(f, v)
				sums[s][r] = append(sums[s][r], v)
			}
		}
	}
	f.prepare(field(offsetLast))
	bytes := func(offset int, into reg.GPVirtual) reg.GPVirtual {
		MOVQ(field(offset), into)
		SHLQ(Imm(2), into)
		return into
	}
	// What will be stored at the end is fetched now, so that a short sum does
	// not wait for it.
	into, distance := GP64(), bytes(offsetCRow, GP64())
	MOVQ(field(offsetC), into)
	for r := range rows {
		for at := 0; at < vectors*f.bytes; at += 64 {
			PREFETCHT0(Mem{Base: into, Disp: at})
		}
		if r < rows-1 {
			ADDQ(distance, into)
		}
	}

	a := newRowPointers(rows)
	bytes(offsetARow, a.stride)
	aStep := bytes(offsetAStep, GP64())
	bStep := bytes(offsetBStep, GP64())
	run, runs := GP64(), GP64()
	MOVQ(field(offsetRuns), run)
	MOVQ(field(offsetNumber), runs)
	b, left := GP64(), GP64()

	TESTQ(runs, runs)
	JZ(LabelRef("finish"))
	CMPQ(field(offsetLength), Imm(0))
	JE(LabelRef("finish"))

	eitherVersion(f, field(offsetLast), func(whole bool, name string) {
		label := func(part string) string { return name + part }
		fetches := whole && rows > leastRows(f)
		next, pace := GP64(), Mem{}
		if fetches {
			pace = AllocLocal(8)
			MOVQ(bytes(offsetPace, next), pace)
			bytes(offsetAhead, next)
			ADDQ(field(offsetB), next)
		}
		Label(label("Run"))
		{
			from := a.pointers[0]
			MOVQ(Mem{Base: run}, from)
			SHLQ(Imm(2), from)
			ADDQ(field(offsetA), from)
			for j := 1; j < len(a.pointers); j++ {
				LEAQ(Mem{Base: a.pointers[j-1], Index: a.stride, Scale: 2}, a.pointers[j])
				ADDQ(a.stride, a.pointers[j])
			}
			MOVQ(Mem{Base: run, Disp: 8}, b)
			SHLQ(Imm(2), b)
			ADDQ(field(offsetB), b)
			MOVQ(field(offsetLength), left)
		}
		step := func(set int) {
			row := make([]reg.VecVirtual, vectors)
			for v := range row {
				row[v] = f.vector()
				from := Mem{Base: b, Disp: v * f.bytes}
				if v == vectors-1 && !whole {
					f.loadLast(from, row[v])
				} else {
					VMOVUPS(from, row[v])
				}
			}
			for r := range rows {
				factor := f.vector()
				VBROADCASTSS(a.at(r), factor)
				for v := range vectors {
					VFMADD231PS(row[v], factor, sums[set][r][v])
				}
			}
			if fetches {
				// Weight gradients go through a and b in long steps, from further away.
				PREFETCHT0(Mem{Base: a.pointers[0], Index: aStep, Scale: tileAhead})
				PREFETCHT0(Mem{Base: a.pointers[0], Index: aStep, Scale: tileAhead, Disp: 4 * (rows - 1)})
				for at := 0; at < vectors*f.bytes; at += 64 {
					PREFETCHT0(Mem{Base: b, Index: bStep, Scale: tileAhead, Disp: at})
				}
				PREFETCHT1(Mem{Base: next})
				ADDQ(pace, next)
			}
			for _, p := range a.pointers {
				ADDQ(aStep, p)
			}
			ADDQ(bStep, b)
		}
		if sets > 1 {
			SUBQ(Imm(uint64(sets)), left)
			JL(LabelRef(label("Rest")))
			Label(label("Steps"))
			for s := range sets {
				step(s)
			}
			SUBQ(Imm(uint64(sets)), left)
			JGE(LabelRef(label("Steps")))
			Label(label("Rest"))
			ADDQ(Imm(uint64(sets)), left)
			JZ(LabelRef(label("End")))
			Label(label("Single"))
			step(0)
			DECQ(left)
			JNZ(LabelRef(label("Single")))
			Label(label("End"))
		} else {
			Label(label("Steps"))
			step(0)
			DECQ(left)
			JNZ(LabelRef(label("Steps")))
		}
		ADDQ(Imm(16), run)
		DECQ(runs)
		JNZ(LabelRef(label("Run")))
	})

	for s := 1; s < sets; s++ {
		for r := range rows {
			for v := range vectors {
				VADDPS(sums[s][r][v], sums[0][r][v], sums[0][r][v])
			}
		}
	}
	bias := run
	MOVQ(field(offsetBias), bias)
	TESTQ(bias, bias)
	JZ(LabelRef("noBias"))
	for v := range vectors {
		value := f.vector()
		from := Mem{Base: bias, Disp: v * f.bytes}
		if v == vectors-1 {
			f.loadLast(from, value)
		} else {
			VMOVUPS(from, value)
		}
		for r := range rows {
			VADDPS(value, sums[0][r][v], sums[0][r][v])
		}
	}
	Label("noBias")
	cRow := bytes(offsetCRow, aStep)
	c := b
	eachRow := func(do func(r, v int, at Mem, last bool)) {
		MOVQ(field(offsetC), c)
		for r := range rows {
			for v := range vectors {
				do(r, v, Mem{Base: c, Disp: v * f.bytes}, v == vectors-1)
			}
			if r < rows-1 {
				ADDQ(cRow, c)
			}
		}
	}
	CMPB(field(offsetAdd), Imm(0))
	JE(LabelRef("store"))
	eachRow(func(r, v int, at Mem, last bool) {
		if last {
			value := f.vector()
			f.loadLast(at, value)
			VADDPS(value, sums[0][r][v], sums[0][r][v])
		} else {
			VADDPS(at, sums[0][r][v], sums[0][r][v])
		}
	})
	Label("store")
	eachRow(func(r, v int, at Mem, last bool) {
		if last {
			f.storeLast(sums[0][r][v], at)
		} else {
			VMOVUPS(sums[0][r][v], at)
		}
	})
	VZEROUPPER()
	RET()
}
