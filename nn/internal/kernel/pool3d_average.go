package kernel

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
		// A sum is a product of a matrix of one row, the weight each, by the window's
		// elements.
		h.rows = append(h.rows[:0], 0)
		share, t := h.rows, &h.tile
		*t = tile[T]{a: share, runs: t.runs, bStep: g.C, rows: 1}
		r := &h.row
		g.rows(od, r, func() {
			share[0] = weight((r.d1 - r.d0) * (r.h1 - r.h0) * (r.w1 - r.w0))
			t.length = r.w1 - r.w0
			t.runs = t.runs[:0]
			for d := range r.d1 - r.d0 {
				for h := range r.h1 - r.h0 {
					t.runs = append(t.runs, run{b: g.at(d, h, 0)})
				}
			}
			for i := range r.count {
				from := n*g.input() + g.at(r.d0, r.h0, r.w0+i*g.SW)
				to := n*g.output() + ((od*g.OH+r.oh)*g.OW+r.ow+i)*g.C
				for c := 0; c < g.C; c += e.cols {
					t.cols = min(e.cols, g.C-c)
					t.b, t.c = x[from+c:], y[to+c:]
					e.compute(t)
				}
			}
		})
	})
}

// AveragePoolBackward spreads each gradient evenly over its window,
// overwriting dx.
func AveragePoolBackward[T Float](p *Pool, g *Pooling, dy, dx []T) {
	e := engineOf[T]()
	p.Run(g.N, func(n int) {
		into := dx[n*g.input():][:g.input()]
		clear(into)
		h := e.hand()
		defer e.idle.Put(h)
		r := &h.row
		for od := range g.OD {
			g.rows(od, r, func() {
				share := 1 / T((r.d1-r.d0)*(r.h1-r.h0)*(r.w1-r.w0))
				for i := range r.count {
					from := dy[n*g.output()+((od*g.OH+r.oh)*g.OW+r.ow+i)*g.C:][:g.C]
					for d := r.d0; d < r.d1; d++ {
						for h := r.h0; h < r.h1; h++ {
							for w := r.w0; w < r.w1; w++ {
								to := into[g.at(d, h, w+i*g.SW):][:g.C]
								for c, v := range from {
									to[c] += v * share
								}
							}
						}
					}
				}
			})
		}
	})
}
