package kernel

import (
	"math/rand/v2"
	"testing"
)

// TestWinogradGuards runs the method with every slice beside forbidden memory,
// its workspace included.
func TestWinogradGuards(t *testing.T) {
	for _, atEnd := range []bool{true, false} {
		withEngines(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(31, 32))
			fresh := func(n int) []float32 { return guarded(t, atEnd, values[float32](r, n)) }
			for range 10 {
				g := randomWinograd(r)
				nx, nw, ny := g.sizes()
				x, w, dy := fresh(nx), fresh(nw), fresh(ny)
				var bias []float32
				if r.IntN(2) == 0 {
					bias = fresh(g.K)
				}
				// Two rounds: the first learns how much workspace is asked for, the second
				// gets exactly that.
				var s Scratch[float32]
				for _, guard := range []bool{false, true} {
					for _, pass := range []func(){
						func() { winogradForward(nil, &s, g, x, w, bias, fresh(ny)) },
						func() { winogradTranspose(nil, &s, g, dy, w, nil, fresh(nx)) },
						func() { winogradWeightGrad(nil, &s, g, x, dy, fresh(nw)) },
					} {
						if !guard {
							s = Scratch[float32]{}
							pass()
						}
						h := s.crew(nil)
						memories := []*[]float32{&s.weights, &s.partials, &h[0].rows, &h[0].columns, &h[0].products}
						for _, memory := range memories {
							*memory = fresh(cap(*memory))
						}
						pass()
					}
				}
			}
		})
	}
}
