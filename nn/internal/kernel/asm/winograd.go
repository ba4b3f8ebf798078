package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.slice[float32]; a test in that package holds
// them to the struct.
const (
	offsetSliceRows     = 0
	offsetSliceV        = 192
	offsetSliceAt       = 216
	offsetSliceEnd      = 224
	offsetSliceNear     = 232
	offsetSliceFar      = 236
	offsetSliceCount    = 240
	offsetSliceStep     = 248
	offsetSliceColumn   = 256
	offsetSliceChannels = 264
	offsetSlicePoint    = 272
	offsetSliceTile     = 280
)

// Offsets of the fields of kernel.outputs[float32].
const (
	offsetOutputsM        = 0
	offsetOutputsY        = 24
	offsetOutputsBias     = 48
	offsetOutputsPoint    = 72
	offsetOutputsTile     = 80
	offsetOutputsPlane    = 88
	offsetOutputsRow      = 96
	offsetOutputsColumn   = 104
	offsetOutputsCount    = 112
	offsetOutputsStep     = 120
	offsetOutputsChannels = 128
)

// Offsets of the fields of kernel.filter[float32].
const (
	offsetFilterW        = 0
	offsetFilterU        = 24
	offsetFilterTap      = 48
	offsetFilterRow      = 56
	offsetFilterPoint    = 64
	offsetFilterTile     = 72
	offsetFilterCount    = 80
	offsetFilterChannels = 88
	offsetFilterTaps     = 96
)

// winograd writes the transforms of Winograd convolution.
func winograd(f family, half, nothing Mem) {
	for rows := leastRows(f); rows <= f.rows; rows++ {
		for vectors := 1; vectors <= mostVectors; vectors++ {
			points(f, rows, vectors)
		}
	}
	slice(f, "Input", 4, nothing)
	slice(f, "Gradient", 2, nothing)
	outputs(f)
	weights(f, half)
	weightGrad(f, half)
}

// distance loads a distance in bytes.
func distance(field Mem) reg.GPVirtual {
	into := GP64()
	MOVQ(field, into)
	SHLQ(Imm(2), into)
	return into
}

// output writes the four vectors of a row of points, which lie apart.
type output struct{ to, point, point3 reg.GPVirtual }

func (o *output) store(row [4]reg.VecVirtual) {
	VMOVUPS(row[0], Mem{Base: o.to})
	VMOVUPS(row[1], Mem{Base: o.to, Index: o.point, Scale: 1})
	VMOVUPS(row[2], Mem{Base: o.to, Index: o.point, Scale: 2})
	VMOVUPS(row[3], Mem{Base: o.to, Index: o.point3, Scale: 1})
	LEAQ(Mem{Base: o.to, Index: o.point, Scale: 4}, o.to)
}

// lanes moves a vector of channels, or those channels that the last one has. Its
// name tells the versions apart.
type lanes struct {
	name  string
	load  func(from Op, into reg.VecVirtual)
	store func(from reg.VecVirtual, to Op)
}

// vectorsOf writes a loop over the vectors of channels, with a version of the body for
// whole vectors and one for the last: to load some lanes of a vector takes a place of
// an addition, to load all of them does not.
func vectorsOf(f family, label string, channels Mem, channel reg.GPVirtual, body func(l lanes)) {
	XORQ(channel, channel)
	Label(label)
	left := GP64()
	MOVQ(channels, left)
	SUBQ(channel, left)
	CMPQ(left, Imm(uint64(f.bytes/4)))
	JL(LabelRef(label + "Last"))
	body(lanes{"Whole",
		func(from Op, into reg.VecVirtual) { VMOVUPS(from, into) },
		func(from reg.VecVirtual, to Op) { VMOVUPS(from, to) },
	})
	ADDQ(Imm(uint64(f.bytes/4)), channel)
	CMPQ(channel, channels)
	JL(LabelRef(label))
	JMP(LabelRef(label + "End"))
	Label(label + "Last")
	left = GP64()
	MOVQ(channels, left)
	SUBQ(channel, left)
	f.prepare(left)
	body(lanes{"Part", f.loadLast, f.storeLast})
	Label(label + "End")
}

// farRow is the number of the far plane's first row.
const farRow = 4

// slice writes the transform of a slice of tiles of span places along each
// axis.
func slice(f family, name string, span int, nothing Mem) {
	TEXT(f.name+name, NOSPLIT, "func(s *byte)")
	s := Load(Param("s"), GP64())
	field := func(offset int) Mem { return Mem{Base: s, Disp: offset} }
	near, far := f.vector(), f.vector()
	if span == 2 {
		VBROADCASTSS(field(offsetSliceNear), near)
	}
	VBROADCASTSS(field(offsetSliceFar), far)
	// tileAt is where the tile begins in the rows, v where its points do.
	tileAt, v, left := AllocLocal(8), AllocLocal(8), AllocLocal(8)
	channel := GP64()
	for _, set := range []struct{ from, to Mem }{
		{field(offsetSliceAt), tileAt}, {field(offsetSliceV), v}, {field(offsetSliceCount), left},
	} {
		MOVQ(set.from, channel)
		MOVQ(channel, set.to)
	}
	var nearRows, farRows [4]reg.GPVirtual
	for h := range span {
		nearRows[h], farRows[h] = GP64(), GP64()
		MOVQ(field(offsetSliceRows+24*h), nearRows[h])
		MOVQ(field(offsetSliceRows+24*(farRow+h)), farRows[h])
	}
	o := &output{to: GP64(), point: distance(field(offsetSlicePoint)), point3: GP64()}
	LEAQ(Mem{Base: o.point, Index: o.point, Scale: 2}, o.point3)
	// seen counts the columns, which have labels of their own.
	seen := 0
	Label("tile")
	vectorsOf(f, "vector", field(offsetSliceChannels), channel, func(l lanes) {
		begin := func() {
			MOVQ(v, o.to)
			LEAQ(Mem{Base: o.to, Index: channel, Scale: 4}, o.to)
		}
		at := GP64()
		// first goes to the tile's first column.
		first := func() {
			MOVQ(tileAt, at)
			ADDQ(channel, at)
		}
		// next combines a column of the two planes and goes on to the next column. What
		// lies before the rows is past their end, too, as a number without a sign.
		next := func() (column4 [4]reg.VecVirtual) {
			seen++
			outside, done := fmt.Sprint("outside", seen), fmt.Sprint("column", seen)
			for h := range span {
				column4[h] = f.vector()
			}
			CMPQ(at, field(offsetSliceEnd))
			JAE(LabelRef(outside))
			for h := range span {
				value, other := column4[h], f.vector()
				l.load(Mem{Base: nearRows[h], Index: at, Scale: 4}, value)
				l.load(Mem{Base: farRows[h], Index: at, Scale: 4}, other)
				if span == 2 {
					VMULPS(near, value, value)
				}
				VFMADD231PS(other, far, value)
			}
			if span == 2 {
				// The tiles are read for the first time since long: fetch the ones after
				// the next.
				ahead := GP64()
				MOVQ(field(offsetSliceStep), ahead)
				LEAQ(Mem{Base: at, Index: ahead, Scale: 2}, ahead)
				for h := range span {
					PREFETCHT0(Mem{Base: nearRows[h], Index: ahead, Scale: 4})
					PREFETCHT0(Mem{Base: farRows[h], Index: ahead, Scale: 4})
				}
			}
			JMP(LabelRef(done))
			Label(outside)
			for h := range span {
				VBROADCASTSS(nothing, column4[h])
			}
			Label(done)
			ADDQ(field(offsetSliceColumn), at)
			return column4
		}
		begin()
		first()
		if span == 2 {
			var columns [2][4]reg.VecVirtual
			for w := range columns {
				columns[w] = spread(f, next())
			}
			for h := range 4 {
				o.store(spread(f, [4]reg.VecVirtual{columns[0][h], columns[1][h]}))
			}
			return
		}
		var columns [4][4]reg.VecVirtual
		if f.bytes == 64 {
			for w := range columns {
				columns[w] = next()
				difference(f, &columns[w])
			}
			for h := range 4 {
				r := [4]reg.VecVirtual{columns[0][h], columns[1][h], columns[2][h], columns[3][h]}
				difference(f, &r)
				o.store(r)
			}
			return
		}
		// Registers for three columns: the first two points of a row are made from
		// the first three, the last two from the last three.
		for _, half := range []int{0, 1} {
			if half == 1 {
				first()
				ADDQ(field(offsetSliceColumn), at)
				begin()
				LEAQ(Mem{Base: o.to, Index: o.point, Scale: 2}, o.to)
			}
			var three [3][4]reg.VecVirtual
			for w := range three {
				three[w] = next()
				difference(f, &three[w])
			}
			for h := range 4 {
				p, q, r := three[0][h], three[1][h], three[2][h]
				if half == 0 {
					VSUBPS(r, p, p)
					VADDPS(r, q, q)
					VMOVUPS(p, Mem{Base: o.to})
					VMOVUPS(q, Mem{Base: o.to, Index: o.point, Scale: 1})
				} else {
					VSUBPS(r, p, r)
					VSUBPS(p, q, q)
					VMOVUPS(q, Mem{Base: o.to})
					VMOVUPS(r, Mem{Base: o.to, Index: o.point, Scale: 1})
				}
				LEAQ(Mem{Base: o.to, Index: o.point, Scale: 4}, o.to)
			}
		}
	})
	step := GP64()
	MOVQ(field(offsetSliceStep), step)
	ADDQ(step, tileAt)
	tile := distance(field(offsetSliceTile))
	ADDQ(tile, v)
	DECQ(left)
	JNZ(LabelRef("tile"))
	VZEROUPPER()
	RET()
}

// difference is Bᵀ.
func difference(f family, z *[4]reg.VecVirtual) {
	second := f.vector()
	VSUBPS(z[1], z[2], second)
	VSUBPS(z[2], z[0], z[0])
	VSUBPS(z[3], z[1], z[3])
	VADDPS(z[1], z[2], z[1])
	z[2] = second
}

// spread is A.
func spread(f family, z [4]reg.VecVirtual) [4]reg.VecVirtual {
	sum, less, minus := f.vector(), f.vector(), f.vector()
	VADDPS(z[1], z[0], sum)
	VSUBPS(z[1], z[0], less)
	zero(f, minus)
	VSUBPS(z[1], minus, minus)
	return [4]reg.VecVirtual{z[0], sum, less, minus}
}

// accumulate adds the value of point i of an axis to the two outputs, Aᵀ.
func accumulate(f family, i int, value reg.VecVirtual, first, second *reg.VecVirtual) {
	switch i {
	case 0:
		*first = value
	case 1:
		*second = f.vector()
		VMOVAPS(value, *second)
		VADDPS(value, *first, *first)
	case 2:
		VADDPS(value, *first, *first)
		VSUBPS(value, *second, *second)
	case 3:
		VSUBPS(value, *second, *second)
	}
}

func outputs(f family) {
	TEXT(f.name+"Outputs", NOSPLIT, "func(o *byte)")
	o := Load(Param("o"), GP64())
	field := func(offset int) Mem { return Mem{Base: o, Disp: offset} }
	m, y, left, channel := GP64(), GP64(), AllocLocal(8), GP64()
	MOVQ(field(offsetOutputsM), m)
	MOVQ(field(offsetOutputsY), y)
	MOVQ(field(offsetOutputsCount), channel)
	MOVQ(channel, left)
	point, point3 := distance(field(offsetOutputsPoint)), GP64()
	LEAQ(Mem{Base: point, Index: point, Scale: 2}, point3)
	plane, row, column := distance(field(offsetOutputsPlane)), distance(field(offsetOutputsRow)), distance(field(offsetOutputsColumn))
	Label("tile")
	vectorsOf(f, "vector", field(offsetOutputsChannels), channel, func(l lanes) {
		from := GP64()
		LEAQ(Mem{Base: m, Index: channel, Scale: 4}, from)
		var sums [2][2][2]reg.VecVirtual
		for d := range 4 {
			var lines [2][2]reg.VecVirtual
			for h := range 4 {
				first, second, other := f.vector(), f.vector(), f.vector()
				VMOVUPS(Mem{Base: from, Index: point, Scale: 1}, second)
				VADDPS(Mem{Base: from}, second, first)
				VMOVUPS(Mem{Base: from, Index: point, Scale: 2}, other)
				VADDPS(other, first, first)
				VSUBPS(other, second, second)
				VSUBPS(Mem{Base: from, Index: point3, Scale: 1}, second, second)
				LEAQ(Mem{Base: from, Index: point, Scale: 4}, from)
				for w, value := range []reg.VecVirtual{first, second} {
					accumulate(f, h, value, &lines[0][w], &lines[1][w])
				}
			}
			for h := range lines {
				for w, value := range lines[h] {
					accumulate(f, d, value, &sums[0][h][w], &sums[1][h][w])
				}
			}
		}
		bias := from
		MOVQ(field(offsetOutputsBias), bias)
		TESTQ(bias, bias)
		store := "store" + l.name
		JZ(LabelRef(store))
		value := f.vector()
		l.load(Mem{Base: bias, Index: channel, Scale: 4}, value)
		for place := range 8 {
			sum := sums[place/4][place/2%2][place%2]
			VADDPS(value, sum, sum)
		}
		Label(store)
		at := from
		for d := 1; d >= 0; d-- {
			for h := 1; h >= 0; h-- {
				LEAQ(Mem{Base: y, Index: channel, Scale: 4}, at)
				if d == 1 {
					ADDQ(plane, at)
				}
				if h == 1 {
					ADDQ(row, at)
				}
				l.store(sums[d][h][1], Mem{Base: at, Index: column, Scale: 1})
				l.store(sums[d][h][0], Mem{Base: at})
			}
		}
	})
	step := distance(field(offsetOutputsStep))
	ADDQ(step, y)
	tile := distance(field(offsetOutputsTile))
	ADDQ(tile, m)
	DECQ(left)
	JNZ(LabelRef("tile"))
	VZEROUPPER()
	RET()
}

// filters writes the loop over rows of weights.
func filters(f family, name string, half Mem, body func(w, tap reg.GPVirtual, o *output, half reg.VecVirtual, taps func(number int) Mem)) {
	TEXT(f.name+name, NOSPLIT, "func(f *byte)")
	t := Load(Param("f"), GP64())
	field := func(offset int) Mem { return Mem{Base: t, Disp: offset} }
	f.prepare(field(offsetFilterChannels))
	w, u, left := GP64(), GP64(), GP64()
	MOVQ(field(offsetFilterW), w)
	MOVQ(field(offsetFilterU), u)
	MOVQ(field(offsetFilterCount), left)
	tap := distance(field(offsetFilterTap))
	o := &output{to: GP64(), point: distance(field(offsetFilterPoint)), point3: GP64()}
	LEAQ(Mem{Base: o.point, Index: o.point, Scale: 2}, o.point3)
	halves := f.vector()
	VBROADCASTSS(half, halves)
	row, tile := distance(field(offsetFilterRow)), distance(field(offsetFilterTile))
	Label("row")
	MOVQ(u, o.to)
	body(w, tap, o, halves, func(number int) Mem { return field(offsetFilterTaps + number*f.bytes) })
	ADDQ(row, w)
	ADDQ(tile, u)
	DECQ(left)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
}

func weights(f family, half Mem) {
	filters(f, "Weights", half, func(w, tap reg.GPVirtual, o *output, half reg.VecVirtual, taps func(number int) Mem) {
		at := GP64()
		MOVQ(w, at)
		for number := range 27 {
			value := f.vector()
			f.loadLast(Mem{Base: at}, value)
			VMOVUPS(value, taps(number))
			ADDQ(tap, at)
		}
		for d := range 4 {
			var z [3][3]reg.VecVirtual
			for h := range 3 {
				for l := range 3 {
					value := f.vector()
					first, middle, last := taps(3*h+l), taps(9+3*h+l), taps(18+3*h+l)
					switch d {
					case 0:
						VMOVUPS(first, value)
					case 3:
						VMOVUPS(last, value)
					default:
						VMOVUPS(first, value)
						VADDPS(last, value, value)
						if d == 1 {
							VADDPS(middle, value, value)
						} else {
							VSUBPS(middle, value, value)
						}
						VMULPS(half, value, value)
					}
					z[h][l] = value
				}
			}
			row := func(r [3]reg.VecVirtual) {
				plus, minus := f.vector(), f.vector()
				VADDPS(r[2], r[0], plus)
				VSUBPS(r[1], plus, minus)
				VADDPS(r[1], plus, plus)
				VMULPS(half, plus, plus)
				VMULPS(half, minus, minus)
				o.store([4]reg.VecVirtual{r[0], plus, minus, r[2]})
			}
			row(z[0])
			sides := z[0]
			for l := range sides {
				VADDPS(z[2][l], z[0][l], sides[l])
			}
			var sum [3]reg.VecVirtual
			for l := range sum {
				sum[l] = f.vector()
				VADDPS(z[1][l], sides[l], sum[l])
				VMULPS(half, sum[l], sum[l])
			}
			row(sum)
			less := sides
			for l := range less {
				VSUBPS(z[1][l], sides[l], less[l])
				VMULPS(half, less[l], less[l])
			}
			row(less)
			row(z[2])
		}
	})
}

func weightGrad(f family, half Mem) {
	filters(f, "WeightGrad", half, func(w, tap reg.GPVirtual, o *output, half reg.VecVirtual, taps func(number int) Mem) {
		for d := range 4 {
			var z [3][3]reg.VecVirtual
			for h := range 4 {
				first, middle, last, sum := f.vector(), f.vector(), f.vector(), f.vector()
				VMOVUPS(Mem{Base: o.to, Index: o.point, Scale: 1}, middle)
				VMOVUPS(Mem{Base: o.to, Index: o.point, Scale: 2}, last)
				VADDPS(last, middle, sum)
				VSUBPS(last, middle, middle)
				VMULPS(half, sum, sum)
				VMULPS(half, middle, middle)
				VADDPS(Mem{Base: o.to}, sum, first)
				VADDPS(Mem{Base: o.to, Index: o.point3, Scale: 1}, sum, last)
				LEAQ(Mem{Base: o.to, Index: o.point, Scale: 4}, o.to)
				for l, value := range []reg.VecVirtual{first, middle, last} {
					switch h {
					case 0:
						z[0][l] = value
					case 1:
						VMULPS(half, value, value)
						VADDPS(value, z[0][l], z[0][l])
						z[1][l], z[2][l] = f.vector(), value
						VMOVAPS(value, z[1][l])
					case 2:
						VMULPS(half, value, value)
						VADDPS(value, z[0][l], z[0][l])
						VSUBPS(value, z[1][l], z[1][l])
						VADDPS(value, z[2][l], z[2][l])
					case 3:
						VADDPS(value, z[2][l], z[2][l])
					}
				}
			}
			for h := range 3 {
				for l := range 3 {
					value, old := z[h][l], f.vector()
					first, middle, last := taps(3*h+l), taps(9+3*h+l), taps(18+3*h+l)
					if d == 1 || d == 2 {
						VMULPS(half, value, value)
					}
					switch d {
					case 0:
						VMOVUPS(value, first)
					case 1:
						VADDPS(first, value, old)
						VMOVUPS(old, first)
						VMOVUPS(value, middle)
						VMOVUPS(value, last)
					case 2:
						VADDPS(first, value, old)
						VMOVUPS(old, first)
						VMOVUPS(middle, old)
						VSUBPS(value, old, old)
						VMOVUPS(old, middle)
						VADDPS(last, value, old)
						VMOVUPS(old, last)
					case 3:
						VADDPS(last, value, old)
						VMOVUPS(old, last)
					}
				}
			}
		}
		at := GP64()
		MOVQ(w, at)
		for number := range 27 {
			old := f.vector()
			f.loadLast(Mem{Base: at}, old)
			VADDPS(taps(number), old, old)
			f.storeLast(old, Mem{Base: at})
			ADDQ(tap, at)
		}
	})
}

// declareWinograd declares the kernels and gives their table.
func declareWinograd(f family, write func(format string, arguments ...any)) {
	write("\nvar %sPoints = [...][%d]func(q *points[float32]){\n", f.name, f.rows+1)
	for vectors := 1; vectors <= mostVectors; vectors++ {
		write("\t%d: {\n", vectors)
		for rows := leastRows(f); rows <= f.rows; rows++ {
			write("\t\t%d: %s,\n", rows, pointsName(f.name, rows, vectors))
		}
		write("\t},\n")
	}
	write("}\n")
	for vectors := 1; vectors <= mostVectors; vectors++ {
		for rows := leastRows(f); rows <= f.rows; rows++ {
			write("\n//go:noescape\nfunc %s(q *points[float32])\n", pointsName(f.name, rows, vectors))
		}
	}
	write("\nconst %sLeast = %d\n", f.name, leastRows(f))
	for _, k := range []struct{ name, of string }{
		{"Input", "s *slice"}, {"Gradient", "s *slice"}, {"Outputs", "o *outputs"}, {"Weights", "f *filter"}, {"WeightGrad", "f *filter"},
	} {
		write("\n//go:noescape\nfunc %s%s(%s[float32])\n", f.name, k.name, k.of)
	}
}
