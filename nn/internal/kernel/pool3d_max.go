package kernel

// MaxPoolForward computes the windows' maxima, the first in reading order where
// several are equal; a NaN counts as larger than any number. argmax, unless nil,
// gets for each element of y its place among the elements of the example of x.
func MaxPoolForward[T Float](p *Pool, g *Pooling, x, y []T, argmax []int32) {
	e := engineOf[T]()
	p.Run(g.N*g.OD, func(chunk int) {
		n := chunk / g.OD
		eachWindows(e, g, chunk%g.OD, func(w *windows[T], at int) {
			w.x, w.y = x[n*g.input()+w.first:], y[n*g.output()+at:]
			if argmax != nil {
				w.place = argmax[n*g.output()+at:]
			}
			e.max(w)
		})
	})
}

// MaxPoolBackward sends each gradient to where its maximum came from,
// overwriting dx.
func MaxPoolBackward[T Float](p *Pool, g *Pooling, dy []T, argmax []int32, dx []T) {
	e := engineOf[T]()
	disjoint := g.KD <= g.SD && g.KH <= g.SH && g.KW <= g.SW
	covered := g.KD == g.SD && g.OD*g.SD-g.PD >= g.D &&
		g.KH == g.SH && g.OH*g.SH-g.PH >= g.H &&
		g.KW == g.SW && g.OW*g.SW-g.PW >= g.W
	p.Run(g.N, func(n int) {
		into := dx[n*g.input():][:g.input()]
		from, places := dy[n*g.output():][:g.output()], argmax[n*g.output():][:g.output()]
		if !disjoint || !covered {
			clear(into)
		}
		if !disjoint {
			for i, v := range from {
				into[places[i]] += v
			}
			return
		}
		for od := range g.OD {
			eachWindows(e, g, od, func(w *windows[T], at int) {
				w.x, w.y, w.place = into[w.first:], from[at:], places[at:]
				e.spread(w)
			})
		}
	})
}

// eachWindows visits the rows of windows of one plane of outputs; x, y and place
// are left to the visitor, at is the place of their first output.
func eachWindows[T Float](e *engine[T], g *Pooling, od int, visit func(w *windows[T], at int)) {
	h := e.hand()
	defer e.idle.Put(h)
	w := &h.windows
	*w = windows[T]{step: g.SW * g.C, channels: g.C, taps: w.taps}
	var form [3]int
	r := &h.row
	g.rows(od, r, func() {
		if f := [3]int{r.d1 - r.d0, r.h1 - r.h0, r.w1 - r.w0}; f != form {
			w.taps, form = g.taps(r, w.taps), f
		}
		w.count, w.first = r.count, g.at(r.d0, r.h0, r.w0)
		visit(w, ((od*g.OH+r.oh)*g.OW+r.ow)*g.C)
	})
}
