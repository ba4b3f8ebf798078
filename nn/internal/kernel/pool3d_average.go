package kernel

// The mean of a window is a depthwise convolution whose weights are all 1/size, and
// so is the way back where windows do not overlap: one tap after the other.

// AveragePoolForward computes the windows' means over the elements inside x.
func AveragePoolForward[T Float](p *Pool, s *Scratch[T], g *Pooling, x, y []T) {
	weighWindows(p, s, g, x, y, true)
}

// SumPool computes the windows' sums over the elements inside x.
func SumPool[T Float](p *Pool, s *Scratch[T], g *Pooling, x, y []T) {
	weighWindows(p, s, g, x, y, false)
}

// weighWindows sums the elements of each window up, or takes their mean.
func weighWindows[T Float](p *Pool, s *Scratch[T], g *Pooling, x, y []T, mean bool) {
	s.pooled = pooled[T]{g: g, x: x, y: y, mean: mean, hands: s.crew(p)}
	p.run(g.N*g.OD, weighing[T]{&s.pooled})
}

// weighing computes a plane of outputs.
type weighing[T Float] struct{ *pooled[T] }

func (f weighing[T]) do(worker, chunk int) {
	e, g, h := engineOf[T](), f.g, &f.hands[worker]
	n, od := chunk/g.OD, chunk%g.OD
	from, to := f.x[n*g.input():], f.y[n*g.output():]
	r := &h.row
	g.rows(od, r, func() {
		weight := T(1)
		if f.mean {
			weight = 1 / T(r.elements())
		}
		t := weighed(h, r, weight)
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
func AveragePoolBackward[T Float](p *Pool, s *Scratch[T], g *Pooling, dy, dx []T) {
	s.pooled = pooled[T]{g: g, x: dx, y: dy, hands: s.crew(p)}
	p.run(g.N, meanSlopes[T]{&s.pooled})
}

// meanSlopes spreads the gradients of an example.
type meanSlopes[T Float] struct{ *pooled[T] }

func (f meanSlopes[T]) do(worker, n int) {
	g, h := f.g, &f.hands[worker]
	disjoint := g.KD <= g.SD && g.KH <= g.SH && g.KW <= g.SW
	into, from := f.x[n*g.input():][:g.input()], f.y[n*g.output():]
	clear(into)
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
