package kernel

// A weight gradient may be turned: the output channels are the rows of its tiles
// and the weights of a stretch of the kernel's row the columns, so that vectors are
// full however few output channels there are.

// shortStep is how many products of vectors a step of a tile takes at least: as
// many as hide the loads and the loop.
const shortStep = 4

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

// turnedBlock is block, turned. Sums are
// [kernel d][kernel h][groups][stretches][output channels of the group][stretch].
func (g *weightGrad[T]) turnedBlock(h *hand[T], b *box, rows, dy, into []T, group, t0, t1 int, block [2][2]int) {
	t, kg := &h.tile, g.K/g.Groups
	length, count := g.stretches()
	t.aRow, t.aStep, t.bStep, t.cRow = 1, g.K, g.SW*b.sc, length
	for tap := t0; tap < t1; tap++ {
		for kw := range count {
			g.reads(h, b, tap, kw, block)
			if t.add && len(t.runs) == 0 {
				continue
			}
			for i, r := range t.runs {
				t.runs[i] = run{a: r.b, b: r.a} // a tile's a is dy now
			}
			to := into[((tap*g.Groups+group)*count+kw)*kg*length:]
			for column := 0; column < length; column += g.engine.cols {
				t.cols = min(g.engine.cols, length-column)
				t.b = rows[min(column, len(rows)):]
				for i := range pieces(kg, g.engine.rows) {
					r0, r1 := strip(kg, g.engine.rows, i)
					t.rows = r1 - r0
					t.a = dy[group*kg+r0:]
					t.c = to[r0*length+column:]
					g.engine.compute(t)
				}
			}
		}
	}
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
