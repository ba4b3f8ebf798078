package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// A convolution whose output is not stored leads to the weight gradient of one whose
// output is.
func TestAgain(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(18, 1))
		pool := NewPool(2)
		defer pool.Close()
		s := new(Scratch[float32])
		tried := 0
		for range 100 {
			g, tail := pairedConv(r)
			if !Again[float32](g, tail) {
				continue
			}
			tried++
			nx, nw, ny := g.sizes()
			x, w, bias := values[float32](r, nx), values[float32](r, nw), values[float32](r, g.K)
			about := fmt.Sprintf("%+v, %+v: ", *g, *tail)
			z := make([]float32, ny)
			ConvForward(pool, s, g, x, w, bias, z)
			norm, _ := randomNorm[float32](r, g.K)
			y, codes := make([]float32, tail.N*tail.output()), make([]uint8, tail.Codes())
			NormForward(pool, s, tail, norm, z, y, nil, codes)
			dy := values[float32](r, len(y))
			want, dw := make([]float32, nw), make([]float32, nw)
			ConvTailWeightGrad(pool, s, g, tail, norm, x, z, y, dy, codes, nil, want, nil)
			ConvAgainWeightGrad(pool, s, g, tail, norm, x, w, bias, y, dy, codes, dw)
			near(t, about+"weight gradient", 4*ny/g.K, dw, widen(want))
		}
		if least := 40; tried < least && len(passesOf[float32]().peaks) > 0 {
			t.Errorf("%d convolutions were tried, fewer than %d", tried, least)
		}
	})
}
