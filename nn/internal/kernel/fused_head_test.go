package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// What a head gives back, made anew, leads to the gradients of the same numbers, stored.
func TestConvHeadWeightGrad(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(17, 1))
		pool := NewPool(2)
		defer pool.Close()
		s := new(Scratch[float32])
		tried := 0
		for units := 1; units <= mostHeadUnits+1; units++ {
			g := &Conv{
				N: 1 + r.IntN(5), D: 4 + r.IntN(4), H: 4 + r.IntN(4), W: 4 + r.IntN(8), C: 1, K: 1 + r.IntN(40),
				KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, Groups: 1,
			}
			g.OD, g.OH, g.OW = g.D-2, g.H-2, g.W-2
			tail := &Tail{Relu: r.IntN(2) == 0, Pooling: Pooling{
				N: g.N, D: g.OD, H: g.OH, W: g.OW, C: g.K, OD: g.OD / 2, OH: g.OH / 2, OW: g.OW / 2,
				KD: 2, KH: 2, KW: 2, SD: 2, SH: 2, SW: 2,
			}}
			if able := HeadWeightGrads[float32](g, tail, units); !able {
				continue
			}
			tried++
			nx, nw, _ := g.sizes()
			features := tail.output()
			x, w := values[float32](r, nx), values[float32](r, nw)
			weights := values[float32](r, features*units)
			head := &Head[float32]{Units: units, Turned: TurnHead(pool, s, weights, units), Slopes: values[float32](r, g.N*units)}
			y, codes := make([]float32, g.N*features), make([]uint8, tail.Codes())
			ConvPool(pool, s, g, tail, x, w, nil, y, codes)
			dy := make([]float32, len(y))
			for i := range dy {
				sum := 0.0
				for u := range units {
					sum += float64(head.Slopes[i/features*units+u]) * float64(weights[i%features*units+u])
				}
				dy[i] = float32(sum)
			}
			want, wantBias := make([]float32, nw), make([]float32, g.K)
			ConvTailWeightGrad(pool, s, g, tail, nil, x, nil, y, dy, codes, nil, want, wantBias)
			dw, db := make([]float32, nw), make([]float32, g.K)
			ConvHeadWeightGrad(pool, s, g, tail, head, x, y, codes, dw, db)
			about := fmt.Sprintf("%d units, %+v: ", units, *g)
			// Sums of as many products as there are outputs of a channel, each of so many units.
			number := units * g.N * features / g.K
			near(t, about+"weight gradient", number, dw, widen(want))
			near(t, about+"bias gradient", number, db, widen(wantBias))
		}
		if want := mostHeadUnits; len(passesOf[float32]().picks) > 0 && tried != want {
			t.Errorf("%d numbers of units were tried, want %d", tried, want)
		}
	})
}
