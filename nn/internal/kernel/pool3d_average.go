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
	if g.KD <= g.SD && g.KH <= g.SH && g.KW <= g.SW {
		p.run(g.N, meanSlopes[T]{&s.pooled})
		return
	}
	p.run(g.N*g.D, gathering[T]{&s.pooled})
}

// meanSlopes spreads the gradients of an example, whose windows do not overlap.
type meanSlopes[T Float] struct{ *pooled[T] }

func (f meanSlopes[T]) do(worker, n int) {
	g, h := f.g, &f.hands[worker]
	into, from := f.x[n*g.input():][:g.input()], f.y[n*g.output():]
	clear(into)
	r := &h.row
	for od := range g.OD {
		g.rows(od, r, func() { spreadApart(h, g, r, from[((od*g.OH+r.oh)*g.OW+r.ow)*g.C:], into) })
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

// gathering sums up what comes back to a plane of x: where windows overlap, nothing is
// added twice to what has to be read again.
type gathering[T Float] struct{ *pooled[T] }

func (f gathering[T]) do(worker, chunk int) {
	g, h := f.g, &f.hands[worker]
	n, d := chunk/g.D, chunk%g.D
	into, from := f.x[n*g.input():][:g.input()], f.y[n*g.output():][:g.output()]
	r := &h.row
	r.d0, r.d1 = covering(d, g.SD, g.PD, g.KD, g.OD)
	for row := range g.H {
		r.h0, r.h1 = covering(row, g.SH, g.PH, g.KH, g.OH)
		for phase := range min(g.SW, g.W) {
			// Elements a stride apart lie in windows that follow each other.
			for w := phase; w < g.W; w += r.count * g.SW {
				r.w0, r.w1 = covering(w, g.SW, g.PW, g.KW, g.OW)
				r.count = g.alike(w, r)
				f.gather(h, r, d, row, w, from, into)
			}
		}
	}
}

// covering are the outputs along an axis whose windows hold element i.
func covering(i, stride, pad, size, outputs int) (from, to int) {
	from = max(0, (i+pad-size+stride)/stride) // rounded up; of what is below 0 nothing matters
	return min(from, outputs), min((i+pad)/stride+1, outputs)
}

// alike is how many elements of a row, each a stride behind the other and the first at
// w, lie in as many windows that are whole; at least one.
func (g *Pooling) alike(w int, r *row) int {
	whole := func(ow int) bool { return ow*g.SW >= g.PW && ow*g.SW-g.PW+g.KW <= g.W }
	if r.w0 >= r.w1 || !whole(r.w0) {
		return 1
	}
	count := 1
	for next := w + g.SW; next < g.W; next += g.SW {
		w0, w1 := covering(next, g.SW, g.PW, g.KW, g.OW)
		if w0 != r.w0+count || w1 != r.w1+count || !whole(w1-1) {
			break
		}
		count++
	}
	return count
}

// gather sets such elements.
func (f gathering[T]) gather(h *hand[T], r *row, d, row, w int, dy, dx []T) {
	g, e := f.g, engineOf[T]()
	length := func(o, stride, pad, size, elements int) int {
		from, to := extent(o, stride, pad, size, elements)
		return to - from
	}
	h.rows, h.runs = take(&h.rows, 0), h.runs[:0]
	last := T(0)
	for od := r.d0; od < r.d1; od++ {
		for oh := r.h0; oh < r.h1; oh++ {
			for ow := r.w0; ow < r.w1; ow++ {
				share := 1 / T(length(od, g.SD, g.PD, g.KD, g.D)*length(oh, g.SH, g.PH, g.KH, g.H)*length(ow, g.SW, g.PW, g.KW, g.W))
				if share != last {
					for range e.lanes {
						h.rows = append(h.rows, share)
					}
					last = share
				}
				h.runs = append(h.runs, run{a: ((od*g.OH+oh)*g.OW + ow) * g.C, b: len(h.rows) - e.lanes})
			}
		}
	}
	to := dx[g.at(d, row, w):]
	if len(h.runs) == 0 {
		for i := range r.count {
			clear(to[i*g.SW*g.C:][:g.C])
		}
		return
	}
	h.comb = comb[T]{b: h.rows, runs: h.runs, aRow: g.C, cRow: g.SW * g.C, count: r.count}
	t := &h.comb
	for c := 0; c < g.C; c += e.lanes {
		t.last = min(e.lanes, g.C-c)
		t.a, t.c = dy[c:], to[c:]
		e.comb(t)
	}
}
