package kernel

import (
	"math/rand/v2"
	"testing"
)

// Groups are gathered where they are narrow, and the result is that of the groups.
func TestGatheredGroups(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 11))
		pool := NewPool(2)
		defer pool.Close()
		s := new(Scratch[float32])
		gathered := 0
		for range 40 {
			g := &Conv{N: 1 + r.IntN(3), D: 1 + r.IntN(4), H: 1 + r.IntN(5), W: 1 + r.IntN(17), Groups: 2 + r.IntN(7)}
			g.C, g.K = g.Groups*(1+r.IntN(5)), g.Groups*(1+r.IntN(9))
			g.KD, g.KH, g.KW = 1+2*r.IntN(2), 1+2*r.IntN(2), 1+2*r.IntN(3)
			g.SD, g.SH, g.SW, g.ED, g.EH, g.EW = 1, 1+r.IntN(2), 1+r.IntN(2), 1, 1, 1
			g.PD, g.PH, g.PW = g.KD/2, g.KH/2, g.KW/2
			g.OD, g.OH, g.OW = g.D, pieces(g.H, g.SH), pieces(g.W, g.SW)
			if g.gathered(new(Conv)).Groups < g.Groups {
				gathered++
			}
			nx, nw, ny := g.sizes()
			x, w, dy := values[float32](r, nx), values[float32](r, nw), values[float32](r, ny)
			y, dx, dw := values[float32](r, ny), values[float32](r, nx), values[float32](r, nw)
			// Gathered groups may be worked by Winograd's method, hence the 4.
			want := widen(y)
			oracleForward(g, widen(x), widen(w), nil, want)
			ConvForward(pool, s, g, x, w, nil, y)
			near(t, describe(g, "y"), 4*nw/g.K, y, want)
			want = widen(dx)
			oracleInputGrad(g, widen(dy), widen(w), want)
			ConvInputGrad(pool, s, g, dy, w, dx)
			near(t, describe(g, "dx"), 4*nw/g.C*g.Groups, dx, want)
			want = widen(dw)
			oracleWeightGrad(g, widen(x), widen(dy), want)
			ConvWeightGrad(pool, s, g, x, dy, dw)
			near(t, describe(g, "dw"), 4*ny/g.K, dw, want)
		}
		if gathered == 0 && single.winograd.pad > 1 {
			t.Error("no groups were gathered")
		}
	})
}
