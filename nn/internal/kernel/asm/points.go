package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.points[float32]; a test in that package holds
// them to the struct.
const (
	offsetPointsA      = 0
	offsetPointsB      = 24
	offsetPointsC      = 48
	offsetPointsCount  = 72
	offsetPointsStrips = 80
	offsetPointsLength = 88
	offsetPointsAPoint = 96
	offsetPointsBPoint = 104
	offsetPointsCPoint = 112
	offsetPointsARow   = 120
	offsetPointsAStep  = 128
	offsetPointsBStep  = 136
	offsetPointsAdd    = 144
	offsetPointsAhead  = 168
	offsetPointsPace   = 176
)

// leastRows is the fewest rows for which there is a kernel of points: half of
// the most, since strips of two or more are never shorter.
func leastRows(f family) int { return f.rows / 2 }

func pointsName(family string, rows, vectors int) string {
	return fmt.Sprintf("%sPoints%dx%d", family, rows, vectors)
}

// points writes the micro-kernel that multiplies matrices at many points, in
// strips of so many rows.
func points(f family, rows, vectors int) {
	TEXT(pointsName(f.name, rows, vectors), NOSPLIT, "func(q *byte)")
	q := Load(Param("q"), GP64())
	field := func(offset int) Mem { return Mem{Base: q, Disp: offset} }
	// The present point's a, b and c, the strip's a and c.
	pointA, pointB, pointC := AllocLocal(8), AllocLocal(8), AllocLocal(8)
	stripA, stripC := AllocLocal(8), AllocLocal(8)
	points, strips := AllocLocal(8), AllocLocal(8)
	// How far ahead elements of a are fetched, and how much further at each step.
	ahead, pace := AllocLocal(8), AllocLocal(8)

	move := func(from, to Mem) {
		value := GP64()
		MOVQ(from, value)
		MOVQ(value, to)
	}
	bytes := func(offset int) reg.GPVirtual {
		into := GP64()
		MOVQ(field(offset), into)
		SHLQ(Imm(2), into)
		return into
	}
	move(field(offsetPointsA), pointA)
	move(field(offsetPointsB), pointB)
	move(field(offsetPointsC), pointC)
	move(field(offsetPointsCount), points)
	a := newRowPointers(rows)
	a.stride = bytes(offsetPointsARow)
	aStep, bStep := bytes(offsetPointsAStep), bytes(offsetPointsBStep)
	for j := range a.pointers {
		a.pointers[j] = GP64()
	}
	b, c, left, next := GP64(), GP64(), GP64(), GP64()
	for _, d := range []struct {
		offset int
		to     Mem
	}{{offsetPointsAhead, ahead}, {offsetPointsPace, pace}} {
		MOVQ(bytes(d.offset), d.to)
	}

	Label("point")
	move(pointA, stripA)
	move(pointC, stripC)
	move(field(offsetPointsStrips), strips)
	Label("strip")
	{
		sums := make([][]reg.VecVirtual, rows)
		for r := range rows {
			for range vectors {
				v := f.vector()
				zero(f, v)
				sums[r] = append(sums[r], v)
			}
		}
		MOVQ(stripC, c)
		for at := 0; at < rows*vectors*f.bytes; at += 64 {
			PREFETCHT0(Mem{Base: c, Disp: at})
		}
		MOVQ(stripA, a.pointers[0])
		for j := 1; j < len(a.pointers); j++ {
			LEAQ(Mem{Base: a.pointers[j-1], Index: a.stride, Scale: 2}, a.pointers[j])
			ADDQ(a.stride, a.pointers[j])
		}
		MOVQ(ahead, next)
		ADDQ(a.pointers[0], next)
		MOVQ(pointB, b)
		MOVQ(field(offsetPointsLength), left)
		Label("steps")
		{
			row := make([]reg.VecVirtual, vectors)
			for v := range row {
				row[v] = f.vector()
				VMOVUPS(Mem{Base: b, Disp: v * f.bytes}, row[v])
			}
			for r := range rows {
				factor := f.vector()
				VBROADCASTSS(a.at(r), factor)
				for v := range vectors {
					VFMADD231PS(row[v], factor, sums[r][v])
				}
			}
			for _, p := range a.pointers {
				ADDQ(aStep, p)
			}
			ADDQ(bStep, b)
			PREFETCHT0(Mem{Base: next})
			ADDQ(pace, next)
			DECQ(left)
			JNZ(LabelRef("steps"))
		}
		each := func(do func(sum reg.VecVirtual, at Mem)) {
			for r := range rows {
				for v := range vectors {
					do(sums[r][v], Mem{Base: c, Disp: (r*vectors + v) * f.bytes})
				}
			}
		}
		CMPB(field(offsetPointsAdd), Imm(0))
		JE(LabelRef("store"))
		each(func(sum reg.VecVirtual, at Mem) { VADDPS(at, sum, sum) })
		Label("store")
		each(func(sum reg.VecVirtual, at Mem) { VMOVUPS(sum, at) })
		// The next strip begins so many rows further.
		ADDQ(U32(uint32(rows*vectors*f.bytes)), c)
		MOVQ(c, stripC)
		IMUL3Q(Imm(uint64(rows)), a.stride, left)
		ADDQ(left, stripA)
		DECQ(strips)
		JNZ(LabelRef("strip"))
	}
	for _, next := range []struct {
		at     Mem
		offset int
	}{{pointA, offsetPointsAPoint}, {pointB, offsetPointsBPoint}, {pointC, offsetPointsCPoint}} {
		distance := bytes(next.offset)
		ADDQ(distance, next.at)
	}
	DECQ(points)
	JNZ(LabelRef("point"))
	VZEROUPPER()
	RET()
}
