package kernel

import (
	"math/rand/v2"
	"testing"
)

// What is told beforehand is what a convolution and its gradients then take.
func TestWorkspace(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(21, 4))
		pool := NewPool(1)
		defer pool.Close()
		methods := map[Method]int{}
		for i := range 60 {
			g := randomConv(r)
			if i%4 == 0 { // the shape that has a method of its own
				size, channels := 6+r.IntN(4), 16+r.IntN(20)
				g = &Conv{D: size, H: size, W: size, C: channels, OD: size, OH: size, OW: size, K: 32, KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, PD: 1, PH: 1, PW: 1, Groups: 1}
			}
			g.N = sumChunks
			methods[Choose(g.gathered(new(Conv)))]++
			nx, nw, ny := g.sizes()
			x, w, y := values[float32](r, nx), values[float32](r, nw), values[float32](r, ny)
			s := new(Scratch[float32])
			ConvForward(pool, s, g, x, w, nil, y)
			if got, want := len(s.weights[:cap(s.weights)])+len(s.gathered[:cap(s.gathered)]), g.Workspace(false); got > want.Elements() {
				t.Errorf("%+v: forwards it takes %d elements, %+v were told", *g, got, want)
			}
			ConvInputGrad(pool, s, g, y, w, x)
			ConvWeightGrad(pool, s, g, x, y, w)
			taken, told := Workspace{Weights: cap(s.weights), Gathered: cap(s.gathered), Partials: cap(s.partials)}, g.Workspace(true)
			if taken.Beside(told) != told {
				t.Errorf("%+v: it takes %+v, %+v were told", *g, taken, told)
			}
			if taken.Weights != told.Weights || taken.Gathered != told.Gathered {
				t.Errorf("%+v: it takes only %+v, %+v were told", *g, taken, told)
			}
		}
		for _, m := range []Method{Direct, Pointwise, Few, Depthwise, Winograd} {
			if methods[m] == 0 && !(m == Winograd && single.winograd.pad == 1) {
				t.Errorf("no convolution was %v: %v", m, methods)
			}
		}
	})
}
