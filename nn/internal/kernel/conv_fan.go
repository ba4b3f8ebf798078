package kernel

// fan is a small sum of outer products, for weight gradients with few input
// channels:
//
//	c[g·rows+i, j] += the sum over runs r and l in [0, length) of
//	                  a[r.a + taps[g] + i + l·aStep] · b[r.b + l·bStep + j]
//
// for g in [0, used), i in [0, rows) and j in [0, last). It reads b once for all
// taps, where tiles would read it once for each, having few rows to a tap.
//
// Assembly reads the fields by their offsets.
type fan[T Float] struct {
	// a, b and c begin at the first element.
	a, b, c []T
	// taps has as many elements as the kernel has taps, also if fewer are used.
	taps                       []int
	runs                       []run
	length, aStep, bStep, cRow int
	used, last                 int
}

// fanKernel computes fans with so many taps. Its place in an engine's list is
// the number of rows.
type fanKernel[T Float] struct {
	taps    int
	compute func(t *fan[T])
}

// fanBytes is how much of dy is used before the next: it is read again for each
// vector of columns and each set of taps.
const fanBytes = 128 << 10

// laneTaps is how many taps the kernel for depthwise weight gradients has.
const laneTaps = 9

// fanKernel gives the kernel for a convolution's weight gradient; one that is not
// there if there is none for its shape.
func (e *engine[T]) fanKernel(g *Conv) fanKernel[T] {
	if g.depthwise() {
		return fanKernel[T]{taps: laneTaps, compute: e.multiply}
	}
	rows := g.C / g.Groups
	if !g.lone() {
		rows *= g.KW
	}
	if rows < len(e.fans) {
		return e.fans[rows]
	}
	return fanKernel[T]{}
}

// lone says that a fan's taps are single elements of the kernel, not rows of it.
func (g *Conv) lone() bool { return g.depthwise() || g.EW > 1 }

// there says that it is a kernel.
func (k *fanKernel[T]) there() bool { return k.taps > 0 }

// fewRows is how many rows the taps of a row of the kernel have at most where
// there are few input channels.
const fewRows = 4

// few says that the convolution has so few input channels that nothing but its
// weight gradient, made of fans where the engine has any, matters.
func (g *Conv) few() bool { return g.Groups == 1 && g.EW == 1 && g.KW*g.C <= fewRows }

// planes adds the share of output planes [from, to), counted over all examples.
func (g *weightGrad[T]) planes(h *hand[T], into []T, from, to int) {
	for from < to {
		n, d0 := from/g.OD, from%g.OD
		d1 := min(d0+to-from, g.OD)
		dy := g.dy[(n*g.OD+d0)*g.OH*g.OW*g.K:]
		if g.depthwise() {
			g.slab(h, into, dy, n, d0, d1, 0, 1)
		} else {
			for group := range g.Groups {
				g.slab(h, into, dy, n, d0, d1, group, g.Groups)
			}
		}
		from += d1 - d0
	}
}

// slab adds the share of one example's output planes [d0, d1), with which dy
// begins, for one of so many groups of channels. To a depthwise convolution all of
// its groups are one.
func (g *weightGrad[T]) slab(h *hand[T], into, dy []T, n, d0, d1, group, groups int) {
	// Zeros all around make every tap read something at every position. With few
	// channels the copy is small beside dy.
	b := g.around(d0, d1)
	b.group, b.sc = group, g.C/groups
	rows := padded(&b, g.x[n*g.D*g.H*g.W*g.C:], &h.rows)
	t := &h.fan
	*t = fan[T]{length: g.OW, aStep: g.SW * b.sc, bStep: g.K, cRow: g.K}
	taps := g.KD * g.KH
	if g.lone() {
		taps *= g.KW
	}
	columns := g.K / groups
	block := max(1, fanBytes/(4*g.OW*g.K))
	for first := 0; first < (d1-d0)*g.OH; first += block {
		h.runs = h.runs[:0]
		for row := first; row < min(first+block, (d1-d0)*g.OH); row++ {
			d, r := (d0+row/g.OH)*g.SD-g.PD, row%g.OH*g.SH-g.PH
			h.runs = append(h.runs, run{a: b.at(d, r) - (g.PW+b.low[2])*b.sc, b: row * g.OW * g.K})
		}
		t.runs = h.runs
		for tap := 0; tap < taps; tap += g.fan.taps {
			t.used = min(g.fan.taps, taps-tap)
			h.taps = h.taps[:0]
			for i := range g.fan.taps {
				// Taps that are not used read what the last one reads.
				kd, kh, kw := g.tap(tap + min(i, t.used-1))
				h.taps = append(h.taps, b.at(b.low[0]+kd*g.ED, b.low[1]+kh*g.EH)+kw*g.EW*b.sc)
			}
			t.taps = h.taps
			kd, kh, kw := g.tap(tap)
			for column := group * columns; column < (group+1)*columns; column += g.engine.lanes {
				t.last = min(g.engine.lanes, (group+1)*columns-column)
				t.a, t.b = rows, dy[column:]
				if g.depthwise() {
					t.a = rows[column:]
				}
				t.c = into[g.weight(kd, kh, kw)+column:]
				g.fan.compute(t)
			}
		}
	}
}

// tap is the place in the kernel of a fan's tap: an element of it or a row.
func (g *Conv) tap(number int) (kd, kh, kw int) {
	if g.lone() {
		number, kw = number/g.KW, number%g.KW
	}
	return number / g.KH, number % g.KH, kw
}
