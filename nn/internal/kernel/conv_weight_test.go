package kernel

import (
	"math/rand/v2"
	"testing"
)

// TestWeightGradBlocks holds weight gradients of so many positions that they are worked
// in several blocks, and of channels that fill tiles and do not, to the oracle.
func TestWeightGradBlocks(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	pool := NewPool(2)
	defer pool.Close()
	withEngines(t, func(t *testing.T) {
		for _, g := range []Conv{
			// Several planes to a block, which are runs of their own without zeros between.
			{N: 2, D: 13, H: 13, W: 14, C: 17, OD: 13, OH: 13, OW: 14, K: 40, KD: 3, KH: 2, KW: 3, PD: 1, PH: 1, PW: 1},
			// Planes that are cut.
			{N: 1, D: 3, H: 41, W: 45, C: 15, OD: 2, OH: 41, OW: 43, K: 9, KD: 2, KH: 3, KW: 3, PH: 1},
			{N: 2, D: 2, H: 45, W: 40, C: 3, OD: 2, OH: 45, OW: 40, K: 16, KD: 1, KH: 3, KW: 3, PH: 1, PW: 1},
			// Strides, dilation and groups; taps that read nothing but zeros.
			{N: 3, D: 9, H: 9, W: 9, C: 32, OD: 5, OH: 4, OW: 5, K: 6, KD: 3, KH: 3, KW: 3, SD: 2, SH: 2, SW: 2, PD: 1, PW: 1, Groups: 2},
			{N: 2, D: 4, H: 5, W: 7, C: 16, OD: 4, OH: 5, OW: 7, K: 33, KD: 3, KH: 3, KW: 3, ED: 2, EH: 3, EW: 4, PD: 2, PH: 3, PW: 4},
			{N: 2, D: 1, H: 2, W: 1, C: 20, OD: 1, OH: 2, OW: 1, K: 18, KD: 5, KH: 5, KW: 5, PD: 2, PH: 2, PW: 2},
			{N: 9, D: 1, H: 1, W: 1, C: 30, OD: 1, OH: 1, OW: 1, K: 2, KD: 1, KH: 1, KW: 3, PW: 1},
		} {
			for _, size := range []*int{&g.SD, &g.SH, &g.SW, &g.ED, &g.EH, &g.EW, &g.Groups} {
				*size = max(*size, 1)
			}
			nx, nw, ny := g.sizes()
			x, dy, dw := values[float32](r, nx), values[float32](r, ny), values[float32](r, nw)
			want := widen(dw)
			oracleWeightGrad(&g, widen(x), widen(dy), want)
			// What the workspace holds is not taken for a sum.
			scratch := Scratch[float32]{partials: values[float32](r, (sumChunks+1)*nw)}
			directWeightGrad(pool, &scratch, &g, x, dy, dw)
			near(t, describe(&g, "dw"), ny/g.K, dw, want)
		}
	})
}

func TestReading(t *testing.T) {
	for _, c := range []struct{ low, high, in, from, stride int }{
		{0, 5, 5, -1, 1}, {0, 5, 5, 1, 1}, {0, 4, 9, -3, 2}, {1, 3, 7, -5, 3}, {0, 3, 2, 2, 1}, {0, 3, 2, -9, 2}, {0, 0, 4, 0, 1}, {2, 6, 8, 1, 2},
	} {
		low, high := reading([2]int{c.low, c.high}, c.in, c.from, c.stride)
		for o := c.low; o < c.high; o++ {
			at := o*c.stride + c.from
			if inside := at >= 0 && at < c.in; inside != (o >= low && o < high) {
				t.Errorf("%+v: [%d, %d), but output %d reads at %d", c, low, high, o, at)
			}
		}
	}
}
