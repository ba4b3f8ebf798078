package kernel

// MaxPoolForward computes the windows' maxima, the first in reading order where
// several are equal; a NaN counts as larger than any number. argmax, unless nil,
// gets for each element of y its place among the elements of the example of x.
func MaxPoolForward[T Float](p *Pool, s *Scratch[T], g *Pooling, x, y []T, argmax []int32) {
	s.pooled = pooled[T]{g: g, x: x, y: y, argmax: argmax, hands: s.crew(p)}
	p.run(g.N*g.OD, maxima[T]{&s.pooled})
}

// maxima computes a plane of outputs.
type maxima[T Float] struct{ *pooled[T] }

func (f maxima[T]) do(worker, chunk int) {
	e, g, n := engineOf[T](), f.g, chunk/f.g.OD
	eachWindows(&f.hands[worker], g, chunk%g.OD, func(w *windows[T], at int) {
		w.x, w.y = f.x[n*g.input()+w.first:], f.y[n*g.output()+at:]
		if f.argmax != nil {
			w.place = f.argmax[n*g.output()+at:]
		}
		e.max(w)
	})
}

// MaxPoolBackward sends each gradient to where its maximum came from,
// overwriting dx.
func MaxPoolBackward[T Float](p *Pool, s *Scratch[T], g *Pooling, dy []T, argmax []int32, dx []T) {
	s.pooled = pooled[T]{g: g, x: dx, y: dy, argmax: argmax, hands: s.crew(p)}
	p.run(g.N, maximaSlopes[T]{&s.pooled})
}

// maximaSlopes spreads the gradients of an example.
type maximaSlopes[T Float] struct{ *pooled[T] }

func (f maximaSlopes[T]) do(worker, n int) {
	e, g := engineOf[T](), f.g
	disjoint := g.KD <= g.SD && g.KH <= g.SH && g.KW <= g.SW
	covered := g.KD == g.SD && g.OD*g.SD-g.PD >= g.D &&
		g.KH == g.SH && g.OH*g.SH-g.PH >= g.H &&
		g.KW == g.SW && g.OW*g.SW-g.PW >= g.W
	into := f.x[n*g.input():][:g.input()]
	from, places := f.y[n*g.output():][:g.output()], f.argmax[n*g.output():][:g.output()]
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
		eachWindows(&f.hands[worker], g, od, func(w *windows[T], at int) {
			w.x, w.y, w.place = into[w.first:], from[at:], places[at:]
			e.spread(w)
		})
	}
}

// eachWindows visits the rows of windows of one plane of outputs; x, y and place
// are left to the visitor, at is the place of their first output.
func eachWindows[T Float](h *hand[T], g *Pooling, od int, visit func(w *windows[T], at int)) {
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
