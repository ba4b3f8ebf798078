package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

func TestMethods(t *testing.T) {
	cube := func(n, size, c, k int) Conv {
		return Conv{
			N: n, D: size, H: size, W: size, C: c, OD: size, OH: size, OW: size, K: k, KD: 3, KH: 3, KW: 3,
			SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, PD: 1, PH: 1, PW: 1, Groups: 1,
		}
	}
	with := func(g Conv, change func(g *Conv)) Conv {
		change(&g)
		return g
	}
	withEngines(t, func(t *testing.T) {
		for _, c := range []struct {
			what string
			g    Conv
			want Method
		}{
			{"many channels", cube(32, 14, 64, 128), Winograd},
			{"a smaller volume", cube(32, 10, 64, 128), Winograd},
			{"one channel", cube(32, 28, 1, 32), Few},
			{"few channels in and out", cube(8, 28, 2, 2), Direct},
			{"weights for a single voxel", cube(1, 1, 64, 64), Direct},
			{"a stride", with(cube(32, 14, 64, 128), func(g *Conv) { g.SW, g.OW = 2, 7 }), Direct},
			{"dilation", with(cube(32, 14, 64, 128), func(g *Conv) { g.EH, g.PH = 2, 2 }), Direct},
			{"groups", with(cube(32, 14, 64, 128), func(g *Conv) { g.Groups = 16 }), Direct},
			{"a flat kernel", with(cube(32, 14, 64, 128), func(g *Conv) { g.KD, g.PD = 1, 0 }), Direct},
			{"no neighbours", with(cube(32, 14, 64, 128), func(g *Conv) { g.KD, g.KH, g.KW, g.PD, g.PH, g.PW = 1, 1, 1, 0, 0, 0 }), Pointwise},
			{"channels by themselves", with(cube(32, 14, 64, 64), func(g *Conv) { g.Groups = 64 }), Depthwise},
		} {
			if got := Choose(&c.g); got != c.want {
				t.Errorf("%s: %v, want %v (costs %.3g direct, %.3g winograd)", c.what, got, c.want, c.g.directCost(), c.g.winogradCost())
			}
			c.g.N = 1
			if got := Choose(&c.g); got != c.want {
				t.Errorf("%s: %v for one example", c.what, got)
			}
		}
	})
}

// BenchmarkChoice tells, for convolutions drawn at random, how much longer the
// method that is chosen takes than the faster one, forwards and backwards, each
// from cold caches.
func BenchmarkChoice(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 77))
	evicted := make([]float32, 12<<20)
	for range 24 {
		g := drawnCubic(r)
		nx, nw, ny := g.sizes()
		x, w, y := values[float32](r, nx), values[float32](r, nw), values[float32](r, ny)
		var s Scratch[float32]
		pool := NewPool(2)
		least := func(passes ...func()) (total time.Duration) {
			for _, pass := range passes {
				pass()
				fastest := time.Duration(1 << 62)
				for range 5 {
					for i := 0; i < len(evicted); i += 16 {
						evicted[i]++
					}
					start := time.Now()
					pass()
					fastest = min(fastest, time.Since(start))
				}
				total += fastest
			}
			return total
		}
		b.Run(fmt.Sprintf("%dx%dx%d_%d-%d", g.D, g.H, g.W, g.C, g.K), func(b *testing.B) {
			for b.Loop() {
				direct := least(func() { directForward(pool, &s, g, x, w, nil, y) }, func() { directTranspose(pool, &s, g, y, w, nil, x) }, func() { directWeightGrad(pool, &s, g, x, y, w) })
				winograd := least(func() { winogradForward(pool, &s, g, x, w, nil, y) }, func() { winogradTranspose(pool, &s, g, y, w, nil, x) }, func() { winogradWeightGrad(pool, &s, g, x, y, w) })
				chosen := direct
				if Choose(g) == Winograd {
					chosen = winograd
				}
				b.ReportMetric(100*(float64(chosen)/float64(min(direct, winograd))-1), "%lost")
				b.ReportMetric(float64(direct)/float64(winograd), "direct/winograd")
			}
		})
		pool.Close()
	}
}

// drawnCubic is a convolution of 8 examples by kernels of 3³ that is neither tiny
// nor takes more than a moment.
func drawnCubic(r *rand.Rand) *Conv {
	for {
		depth, pad := 1+r.IntN(24), min(1, r.IntN(3))
		height, width := max(1, depth+r.IntN(5)-2), max(1, depth+r.IntN(5)-2)
		in, out := 3+r.IntN(61), 3+r.IntN(61)
		if r.IntN(3) == 0 {
			in, out = 2*in+r.IntN(64), 2*out+r.IntN(64)
		}
		g := &Conv{
			N: 8, D: depth, H: height, W: width, C: in, OD: depth + 2*pad - 2, OH: height + 2*pad - 2, OW: width + 2*pad - 2, K: out,
			KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, PD: pad, PH: pad, PW: pad, Groups: 1,
		}
		if min(g.OD, g.OH, g.OW) < 1 || g.few() {
			continue
		}
		if products := g.N * g.OD * g.OH * g.OW * in * out * 27; products > 2e6 && products < 600e6 {
			return g
		}
	}
}
