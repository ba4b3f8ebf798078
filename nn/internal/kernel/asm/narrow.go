package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.narrow[float32]; a test in that package holds them
// to the struct.
const (
	narrowA      = 0
	narrowB      = 24
	narrowSums   = 48
	narrowARow   = 72
	narrowBRow   = 80
	narrowLength = 88
)

// narrowRows is how many rows a kernel for narrow products has, if not one.
const narrowRows = 4

// narrowColumns is how many columns they have at most: with narrowRows rows they fill
// the registers.
func narrowColumns(f family) int { return f.bytes / 16 }

func narrowName(f family, rows, columns int) string {
	return fmt.Sprintf("%sNarrow%dx%d", f.name, rows, columns)
}

// narrow writes the kernels for narrow products.
func narrow(f family) {
	for _, rows := range []int{1, narrowRows} {
		for columns := 1; columns <= narrowColumns(f); columns++ {
			dots(f, rows, columns)
		}
	}
}

// lines are rows that lie a distance apart, as addresses for a place in all of them.
type lines struct{ at []reg.GPVirtual }

// newLines are so many rows from a slice on; the distance is a field.
func newLines(slice, distance Mem, count int) lines {
	apart := GP64()
	MOVQ(distance, apart)
	SHLQ(Imm(2), apart)
	var l lines
	for i := range count {
		at := GP64()
		if i == 0 {
			MOVQ(slice, at)
		} else {
			LEAQ(Mem{Base: l.at[i-1], Index: apart, Scale: 1}, at)
		}
		l.at = append(l.at, at)
	}
	return l
}

// vectorsAlong writes a loop over the vectors of length elements: first those that
// are whole, then what is left. The register is where a vector begins, in elements.
func vectorsAlong(f family, length Mem, body func(place reg.GPVirtual, load func(from Op, into reg.VecVirtual))) {
	lanes := uint64(f.bytes / 4)
	place, end := GP64(), GP64()
	XORQ(place, place)
	MOVQ(length, end)
	SUBQ(Imm(lanes), end)
	JL(LabelRef("rest"))
	Label("whole")
	body(place, func(from Op, into reg.VecVirtual) { VMOVUPS(from, into) })
	ADDQ(Imm(lanes), place)
	CMPQ(place, end)
	JLE(LabelRef("whole"))
	Label("rest")
	left := GP64()
	MOVQ(length, left)
	SUBQ(place, left)
	JZ(LabelRef("end"))
	f.prepare(left)
	body(place, f.loadLast)
	Label("end")
}

// dots writes the sums of products of rows of a and of b along both: a vector of
// sums for each pair of them.
func dots(f family, rows, columns int) {
	TEXT(narrowName(f, rows, columns), NOSPLIT, "func(q *byte)")
	q := Load(Param("q"), GP64())
	field := func(offset int) Mem { return Mem{Base: q, Disp: offset} }
	a, b := newLines(field(narrowA), field(narrowARow), rows), newLines(field(narrowB), field(narrowBRow), columns)
	sums := make([][]reg.VecVirtual, rows)
	for i := range sums {
		for range columns {
			sum := f.vector()
			zero(f, sum)
			sums[i] = append(sums[i], sum)
		}
	}
	vectorsAlong(f, field(narrowLength), func(place reg.GPVirtual, load func(Op, reg.VecVirtual)) {
		var factors []reg.VecVirtual
		for j := range columns {
			factors = append(factors, f.vector())
			load(Mem{Base: b.at[j], Index: place, Scale: 4}, factors[j])
		}
		for i := range rows {
			value := f.vector()
			load(Mem{Base: a.at[i], Index: place, Scale: 4}, value)
			for j, factor := range factors {
				VFMADD231PS(value, factor, sums[i][j])
			}
		}
	})
	c := GP64()
	MOVQ(field(narrowSums), c)
	for i := range sums {
		for j, sum := range sums[i] {
			VMOVUPS(sum, Mem{Base: c, Disp: f.bytes * (i*columns + j)})
		}
	}
	VZEROUPPER()
	RET()
}

// declareNarrow declares the kernels and gives their table, by rows and columns.
func declareNarrow(f family, write func(format string, arguments ...any)) {
	write("\nvar %sNarrow = [...][]func(q *narrow[float32]){\n", f.name)
	for _, rows := range []int{1, narrowRows} {
		write("\t%d: {nil,", rows)
		for columns := 1; columns <= narrowColumns(f); columns++ {
			write(" %s,", narrowName(f, rows, columns))
		}
		write("},\n")
	}
	write("}\n")
	for _, rows := range []int{1, narrowRows} {
		for columns := 1; columns <= narrowColumns(f); columns++ {
			write("\n//go:noescape\nfunc %s(q *narrow[float32])\n", narrowName(f, rows, columns))
		}
	}
}
