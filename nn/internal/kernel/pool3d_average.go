package kernel

// The mean of a window is a depthwise convolution whose weights are all 1/size, and
// so is the way back where windows do not overlap: one tap after the other.

// AveragePoolForward computes the windows' means over the elements inside x.
func AveragePoolForward[T Float](p *Pool, g *Pooling, x, y []T) {
	weighWindows(p, g, x, y, func(elements int) T { return 1 / T(elements) })
}

// SumPool computes the windows' sums over the elements inside x.
func SumPool[T Float](p *Pool, g *Pooling, x, y []T) {
	weighWindows(p, g, x, y, func(int) T { return 1 })
}

// weighWindows sums the elements of each window, multiplied by a weight that
// follows from their number.
func weighWindows[T Float](p *Pool, g *Pooling, x, y []T, weight func(elements int) T) {
	e := engineOf[T]()
	p.Run(g.N*g.OD, func(chunk int) {
		n, od := chunk/g.OD, chunk%g.OD
		h := e.hand()
		defer e.idle.Put(h)
		from, to := x[n*g.input():], y[n*g.output():]
		r := &h.row
		g.rows(od, r, func() {
			t := weighed(h, r, weight(r.elements()))
			t.aRow, t.cRow = g.SW*g.C, g.C
			h.runs = h.runs[:0]
			for d := range r.d1 - r.d0 {
				for row := range r.h1 - r.h0 {
					for w := range r.w1 - r.w0 {
						h.runs = append(h.runs, run{a: g.at(d, row, w)})
					}
				}
			}
			t.runs = h.runs
			origin, output := g.at(r.d0, r.h0, r.w0), ((od*g.OH+r.oh)*g.OW+r.ow)*g.C
			for c := 0; c < g.C; c += e.lanes {
				t.last = min(e.lanes, g.C-c)
				t.a, t.c = from[origin+c:], to[output+c:]
				e.comb(t)
			}
		})
	})
}

// elements is the number of elements of each of a row's windows.
func (r *row) elements() int { return (r.d1 - r.d0) * (r.h1 - r.h0) * (r.w1 - r.w0) }

// weighed readies a comb whose weights are all the same.
func weighed[T Float](h *hand[T], r *row, weight T) *comb[T] {
	h.rows = take(&h.rows, engineOf[T]().lanes)
	for i := range h.rows {
		h.rows[i] = weight
	}
	h.comb = comb[T]{b: h.rows, count: r.count}
	return &h.comb
}

// AveragePoolBackward spreads each gradient evenly over its window,
// overwriting dx.
func AveragePoolBackward[T Float](p *Pool, g *Pooling, dy, dx []T) {
	e := engineOf[T]()
	disjoint := g.KD <= g.SD && g.KH <= g.SH && g.KW <= g.SW
	p.Run(g.N, func(n int) {
		into, from := dx[n*g.input():][:g.input()], dy[n*g.output():]
		clear(into)
		h := e.hand()
		defer e.idle.Put(h)
		r := &h.row
		for od := range g.OD {
			g.rows(od, r, func() {
				output := from[((od*g.OH+r.oh)*g.OW+r.ow)*g.C:]
				if disjoint {
					spreadApart(h, g, r, output, into)
				} else {
					spreadOver(g, r, output, into)
				}
			})
		}
	})
}

// spreadApart spreads the gradients of a row of windows that do not overlap.
func spreadApart[T Float](h *hand[T], g *Pooling, r *row, dy, dx []T) {
	e := engineOf[T]()
	t := weighed(h, r, 1/T(r.elements()))
	t.aRow, t.cRow = g.C, g.SW*g.C
	h.runs = append(h.runs[:0], run{})
	t.runs = h.runs
	for d := r.d0; d < r.d1; d++ {
		for row := r.h0; row < r.h1; row++ {
			for w := r.w0; w < r.w1; w++ {
				at := g.at(d, row, w)
				for c := 0; c < g.C; c += e.lanes {
					t.last = min(e.lanes, g.C-c)
					t.a, t.c = dy[c:], dx[at+c:]
					e.comb(t)
				}
			}
		}
	}
}

// spreadOver adds the gradients of a row of windows that may overlap.
func spreadOver[T Float](g *Pooling, r *row, dy, dx []T) {
	share := 1 / T(r.elements())
	for i := range r.count {
		from := dy[i*g.C:][:g.C]
		for d := r.d0; d < r.d1; d++ {
			for row := r.h0; row < r.h1; row++ {
				for w := r.w0; w < r.w1; w++ {
					to := dx[g.at(d, row, w+i*g.SW):][:g.C]
					for c, v := range from {
						to[c] += v * share
					}
				}
			}
		}
	}
}
