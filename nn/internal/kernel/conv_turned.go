package kernel

// A weight gradient may be turned: the output channels are the rows of its tiles
// and the weights of a stretch of the kernel's row the columns, so that vectors are
// full however few output channels there are.

// shortStep is how many products of vectors a step of a tile takes at least: as
// many as hide the loads and the loop.
const shortStep = 4

// turnedBytes is how much of x is used before the next: with few output channels each
// tile has little to do with it, and it should stay close.
const turnedBytes = 48 << 10

// turns says that the gradient takes fewer products of vectors if it is turned.
// Turning the sums back makes up for the rest.
func (g *weightGrad[T]) turns() bool {
	const gain = 1.2
	length, _ := g.stretches()
	kg := g.K / g.Groups
	return gain*float64(g.steps(kg, length)) < float64(g.steps(length, kg))
}

// fewestSteps is what a step of a group costs for all weights of a row of the
// kernel, turned or not.
func (g *weightGrad[T]) fewestSteps() int {
	length, count := g.stretches()
	kg := g.K / g.Groups
	if fan := g.engine.fanKernel(g.Conv); fan.there() {
		return count * length * pieces(kg, g.engine.lanes)
	}
	return count * min(g.steps(kg, length), g.steps(length, kg))
}

// steps is what a step of all tiles of so many rows and columns costs, in products
// of vectors.
func (g *weightGrad[T]) steps(rows, columns int) int {
	cost := 0
	for i := range pieces(rows, g.engine.rows) {
		r0, r1 := strip(rows, g.engine.rows, i)
		for column := 0; column < columns; column += g.engine.cols {
			vectors := pieces(min(g.engine.cols, columns-column), g.engine.lanes)
			cost += max((r1-r0)*vectors, shortStep)
		}
	}
	return cost
}

// turnedExample is example, turned. Sums are
// [kernel d][kernel h][groups][stretches][output channels of the group][stretch].
func (g *weightGrad[T]) turnedExample(h *hand[T], b *box, rows, dy, into []T, group, t0, t1 int) {
	cg, kg := g.C/g.Groups, g.K/g.Groups
	length, count := g.stretches()
	block := max(1, turnedBytes/(4*g.OW*g.SW*cg))
	t := &h.tile
	*t = tile[T]{length: g.OW, aRow: 1, aStep: g.K, bStep: g.SW * cg, cRow: length, add: true}
	for row := 0; row < g.OD*g.OH; row += block {
		last := min(row+block, g.OD*g.OH)
		for tap := t0; tap < t1; tap++ {
			// Where the runs of a tile begin in a and b is the other way round.
			h.runs = g.runs(h.runs[:0], b, tap/g.KH, tap%g.KH, row, last, g.K)
			if len(h.runs) == 0 {
				continue
			}
			for i, r := range h.runs {
				h.runs[i] = run{a: r.b, b: r.a}
			}
			t.runs = h.runs
			for i := range count {
				at := (-g.PW - b.low[2] + i*g.EW) * cg
				to := into[((tap*g.Groups+group)*count+i)*kg*length:]
				for column := 0; column < length; column += g.engine.cols {
					t.cols = min(g.engine.cols, length-column)
					t.b = rows[at+column:]
					for strips := range pieces(kg, g.engine.rows) {
						r0, r1 := strip(kg, g.engine.rows, strips)
						t.rows = r1 - r0
						t.a = dy[row*g.OW*g.K+group*kg+r0:]
						t.c = to[r0*length+column:]
						g.engine.compute(t)
					}
				}
			}
		}
	}
}

// runs lists the rows of outputs [from, to) whose input row for the tap is
// inside the source.
func (g *weightGrad[T]) runs(into []run, b *box, kd, kh, from, to, bStep int) []run {
	fd, fh := &g.axes[0][0].taps[kd], &g.axes[1][0].taps[kh]
	for row := from; row < to; row++ {
		d, h := fd.from+row/g.OH*g.SD, fh.from+row%g.OH*g.SH
		if d >= 0 && d < g.D && h >= 0 && h < g.H {
			into = append(into, run{a: b.at(d, h), b: (row - from) * g.OW * bStep})
		}
	}
	return into
}

// turnBack adds turned sums to the gradient.
func (g *weightGrad[T]) turnBack(sums, dw []T) {
	kg := g.K / g.Groups
	length, count := g.stretches()
	for tap := range g.KD * g.KH {
		for group := range g.Groups {
			for i := range count {
				to := dw[(tap*count+i)*length*g.K+group*kg:]
				for k := range kg {
					for e, v := range sums[:length] {
						to[e*g.K+k] += v
					}
					sums = sums[length:]
				}
			}
		}
	}
}
