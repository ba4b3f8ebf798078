package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.square[float32] and kernel.squareRow[float32]; a
// test in that package holds them to the structs.
const (
	squareV        = 0
	squareU        = 24
	squareBias     = 48
	squareY        = 72
	squareCode     = 96
	squareCount    = 120
	squareYStep    = 128
	squareCodeStep = 136
	squareLast     = 144
	squareFloor    = 152

	squareRowX     = 0
	squareRowV     = 24
	squareRowRow   = 48
	squareRowCount = 56
)

const (
	squareReach = 4 // rows and columns of a tile
	squareTiles = 32
	// squarePitch is from one point's tiles to the next point's, in bytes.
	squarePitch = 4 * squareTiles
	squarePlane = squareReach * squareReach * squarePitch
)

// squareAhead is how far ahead the memory for outputs is fetched, in bytes.
const squareAhead = 1024

// outputSigns are Aᵀ of F(2,3).
var outputSigns = [2][squareReach]int{{1, 1, 1, 0}, {0, 1, -1, -1}}

// square writes the windows of 2×2×2 outputs with so many vectors of channels.
// Point by point, the products of both planes of outputs are summed over the
// kernel's planes, and added to the outputs they belong to; at once, if that is
// but one.
func square(vectors int) {
	o := begin(fmt.Sprintf("Square%d", vectors), "t")
	last := masked(o.load(squareLast))
	mask := func(v int) bool { return v == vectors-1 }
	floor := o.broadcast(squareFloor)
	bias := make([]reg.VecVirtual, vectors)
	for v := range bias {
		bias[v] = zero()
	}
	from := o.load(squareBias)
	TESTQ(from, from)
	JZ(LabelRef("noBias"))
	for v := range bias {
		if mask(v) {
			VMOVUPS_Z(Mem{Base: from, Disp: 64 * v}, last, bias[v])
		} else {
			VMOVUPS(Mem{Base: from, Disp: 64 * v}, bias[v])
		}
	}
	Label("noBias")
	x, u, y, code, count := o.load(squareV), o.load(squareU), o.load(squareY), o.load(squareCode), o.load(squareCount)
	yStep := o.bytes(squareYStep)
	TESTQ(count, count)
	JZ(LabelRef("done"))

	Label("window")
	var sums [corners][]reg.VecVirtual // by plane, row and column
	for i := range sums {
		for v := range vectors {
			sum := ZMM()
			VMOVAPS(bias[v], sum)
			sums[i] = append(sums[i], sum)
		}
	}
	for point := range squareReach * squareReach {
		squarePoint(x, u, point, vectors, &sums)
	}
	codes := make([]reg.VecVirtual, vectors)
	for v := range vectors {
		best := sums[0][v]
		codes[v] = zero()
		for i := 1; i < corners; i++ {
			replace(sums[i][v], best, codes[v], numbers.Offset(4*i))
		}
		VMAXPS(best, floor, best)
		if mask(v) {
			VMOVUPS(best, last, Mem{Base: y, Disp: 64 * v})
		} else {
			VMOVUPS(best, Mem{Base: y, Disp: 64 * v})
		}
	}
	// The windows that follow will be stored there.
	for v := range vectors {
		PREFETCHT0(Mem{Base: y, Disp: squareAhead + 64*v})
	}
	TESTQ(code, code)
	JZ(LabelRef("noCode"))
	PREFETCHT0(Mem{Base: code, Disp: squareAhead / 4})
	for v := range vectors {
		VPMOVDB(codes[v], Mem{Base: code, Disp: lanes * v})
	}
	ADDQ(o.field(squareCodeStep), code)
	Label("noCode")
	ADDQ(Imm(4), x)
	ADDQ(yStep, y)
	DECQ(count)
	JNZ(LabelRef("window"))
	Label("done")
	end()
}

// squarePoint adds what comes from one point.
func squarePoint(x, u reg.GPVirtual, point, vectors int, sums *[corners][]reg.VecVirtual) {
	type target struct{ corner, sign int }
	var targets []target
	for h, rows := range outputSigns {
		for w, columns := range outputSigns {
			if sign := rows[point/squareReach] * columns[point%squareReach]; sign != 0 {
				targets = append(targets, target{2*h + w, sign})
			}
		}
	}
	var products [2][]reg.VecVirtual
	for d := range products {
		for v := range vectors {
			if len(targets) == 1 {
				products[d] = append(products[d], sums[4*d+targets[0].corner][v])
			} else {
				products[d] = append(products[d], ZMM())
			}
		}
	}
	var inputs [4]reg.VecVirtual
	input := func(d int) reg.VecVirtual {
		if inputs[d] == nil {
			inputs[d] = ZMM()
			VBROADCASTSS(Mem{Base: x, Disp: d*squarePlane + point*squarePitch}, inputs[d])
		}
		return inputs[d]
	}
	for kd := range 3 {
		for v := range vectors {
			weights := ZMM()
			VMOVUPS(Mem{Base: u, Disp: ((kd*squareReach*squareReach+point)*vectors + v) * 64}, weights)
			for d := range products {
				switch {
				case len(targets) > 1 && kd == 0:
					VMULPS(input(d+kd), weights, products[d][v])
				case len(targets) == 1 && targets[0].sign < 0:
					VFNMADD231PS(input(d+kd), weights, products[d][v])
				default:
					VFMADD231PS(input(d+kd), weights, products[d][v])
				}
			}
		}
	}
	if len(targets) == 1 {
		return
	}
	for _, to := range targets {
		for d := range products {
			for v, product := range products[d] {
				sum := sums[4*d+to.corner][v]
				if to.sign > 0 {
					VADDPS(product, sum, sum)
				} else {
					VSUBPS(product, sum, sum)
				}
			}
		}
	}
}

// squareRow writes the transform of four rows of one plane of the input: Bᵀ of
// F(2,3) along both axes, 16 tiles at a time. Neighbouring tiles are two columns
// apart, so that even and odd columns are parted first.
func squareRow() {
	odds := GLOBL("odds", RODATA|NOPTR)
	for i := range lanes {
		DATA(4*i, U32(uint32(2*i+1)))
	}
	o := begin("SquareRow", "t")
	even, odd, one := ZMM(), ZMM(), ZMM()
	VMOVDQU32(odds, odd)
	VPBROADCASTD(numbers.Offset(4), one)
	VPSUBD(one, odd, even)
	x, into, row, left := o.load(squareRowX), o.load(squareRowV), o.bytes(squareRowRow), o.load(squareRowCount)
	TESTQ(left, left)
	JLE(LabelRef("done"))
	Label("tiles")
	// begins is where the vectors of columns begin; the tiles left read
	// 2·left + 2 of them.
	begins := []int{0, lanes, 2, lanes + 2}
	var masks []reg.OpmaskVirtual
	for _, begin := range begins {
		columns, none := GP64(), GP64()
		LEAQ(Mem{Base: left, Index: left, Scale: 1, Disp: 2 - begin}, columns)
		XORQ(none, none)
		CMPQ(columns, none)
		CMOVQLT(none, columns)
		masks = append(masks, masked(columns))
	}
	var rows [squareReach][]reg.VecVirtual // by point, and by begin
	for i, begin := range begins {
		var r [squareReach]reg.VecVirtual
		at := GP64()
		MOVQ(x, at)
		for h := range r {
			r[h] = loaded(Mem{Base: at, Disp: 4 * begin}, masks[i])
			if h+1 < len(r) {
				ADDQ(row, at)
			}
		}
		for p, v := range squareInput(r) {
			rows[p] = append(rows[p], v)
		}
	}
	for i := range rows {
		part := func(which reg.VecVirtual, first int) reg.VecVirtual {
			v := ZMM()
			VMOVDQA32(which, v)
			VPERMI2PS(rows[i][first+1], rows[i][first], v)
			return v
		}
		columns := [squareReach]reg.VecVirtual{part(even, 0), part(odd, 0), part(even, 2), part(odd, 2)}
		for j, v := range squareInput(columns) {
			VMOVUPS(v, Mem{Base: into, Disp: (i*squareReach + j) * squarePitch})
		}
	}
	ADDQ(Imm(8*lanes), x)
	ADDQ(Imm(4*lanes), into)
	SUBQ(Imm(lanes), left)
	JG(LabelRef("tiles"))
	Label("done")
	end()
}

// squareInput is Bᵀ of F(2,3).
func squareInput(x [squareReach]reg.VecVirtual) [squareReach]reg.VecVirtual {
	y := [squareReach]reg.VecVirtual{ZMM(), ZMM(), ZMM(), ZMM()}
	VSUBPS(x[2], x[0], y[0])
	VADDPS(x[2], x[1], y[1])
	VSUBPS(x[1], x[2], y[2])
	VSUBPS(x[3], x[1], y[3])
	return y
}
