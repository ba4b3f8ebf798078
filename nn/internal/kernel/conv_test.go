package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestConv(t *testing.T) {
	withEngines(t, func(t *testing.T) { testConv[float32](t, 120) })
	t.Run("float64", func(t *testing.T) { testConv[float64](t, 80) })
}

func testConv[T Float](t *testing.T, cases int) {
	r := rand.New(rand.NewPCG(1, 2))
	pool := NewPool(2)
	defer pool.Close()
	var scratch Scratch[T]
	for range cases {
		g := randomConv(r)
		nx, nw, ny := g.sizes()
		x, w, dy := values[T](r, nx), values[T](r, nw), values[T](r, ny)
		var bias []T
		if r.IntN(2) == 0 {
			bias = values[T](r, g.K)
		}
		y, dx, dw := values[T](r, ny), values[T](r, nx), values[T](r, nw)
		want := widen(y)
		oracleForward(g, widen(x), widen(w), widen(bias), want)
		ConvForward(pool, &scratch, g, x, w, bias, y)
		near(t, describe(g, "y"), nw/g.K, y, want)

		want = widen(dx)
		oracleInputGrad(g, widen(dy), widen(w), want)
		ConvInputGrad(pool, &scratch, g, dy, w, dx)
		near(t, describe(g, "dx"), nw/g.C*g.Groups, dx, want)

		back := values[T](r, g.C)
		for i := range want {
			want[i] += float64(back[i%g.C])
		}
		ConvTranspose(pool, &scratch, g, dy, w, back, dx)
		near(t, describe(g, "transposed, with a bias"), nw/g.C*g.Groups, dx, want)

		want = widen(dw)
		oracleWeightGrad(g, widen(x), widen(dy), want)
		ConvWeightGrad(pool, &scratch, g, x, dy, dw)
		near(t, describe(g, "dw"), ny/g.K, dw, want)
	}
}

func describe(g *Conv, what string) string { return fmt.Sprintf("%+v: %s", *g, what) }

func BenchmarkConv(b *testing.B) {
	for _, c := range []struct {
		name string
		g    Conv
	}{
		{"14x14x14x64-128", Conv{N: 32, D: 14, H: 14, W: 14, C: 64, OD: 14, OH: 14, OW: 14, K: 128, PD: 1, PH: 1, PW: 1}},
		{"14x14x14x32-64", Conv{N: 32, D: 14, H: 14, W: 14, C: 32, OD: 14, OH: 14, OW: 14, K: 64, PD: 1, PH: 1, PW: 1}},
		{"7x7x7x64-128", Conv{N: 32, D: 7, H: 7, W: 7, C: 64, OD: 7, OH: 7, OW: 7, K: 128, PD: 1, PH: 1, PW: 1}},
		{"28x28x28x1-32", Conv{N: 32, D: 28, H: 28, W: 28, C: 1, OD: 28, OH: 28, OW: 28, K: 32, PD: 1, PH: 1, PW: 1}},
		{"10x64x64x1-32valid", Conv{N: 32, D: 10, H: 64, W: 64, C: 1, OD: 8, OH: 62, OW: 62, K: 32}},
		{"4x4x4x128-128", Conv{N: 32, D: 4, H: 4, W: 4, C: 128, OD: 4, OH: 4, OW: 4, K: 128, PD: 1, PH: 1, PW: 1}},
		{"16x16x16x24-40stride2", Conv{N: 32, D: 16, H: 16, W: 16, C: 24, OD: 8, OH: 8, OW: 8, K: 40, SD: 2, SH: 2, SW: 2}},
	} {
		g := &c.g
		g.KD, g.KH, g.KW, g.Groups = 3, 3, 3, 1
		g.ED, g.EH, g.EW = 1, 1, 1
		if g.SD == 0 {
			g.SD, g.SH, g.SW = 1, 1, 1
		}
		nx, nw, ny := g.sizes()
		r := rand.New(rand.NewPCG(1, 2))
		x, w, y := values[float32](r, nx), values[float32](r, nw), values[float32](r, ny)
		var scratch Scratch[float32]
		for _, threads := range []int{1, 2} {
			pool := NewPool(threads)
			for _, kind := range []struct {
				name string
				work func()
			}{
				{"forward", func() { ConvForward(pool, &scratch, g, x, w, nil, y) }},
				{"inputgrad", func() { ConvInputGrad(pool, &scratch, g, y, w, x) }},
				{"weightgrad", func() { clear(w); ConvWeightGrad(pool, &scratch, g, x, y, w) }},
			} {
				b.Run(fmt.Sprintf("%s/%s/%d", c.name, kind.name, threads), func(b *testing.B) {
					kind.work()
					b.ReportAllocs()
					for b.Loop() {
						kind.work()
					}
					// All taps count, also those outside the input.
					flops := 2 * float64(g.N*g.OD*g.OH*g.OW) * float64(nw)
					b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
				})
			}
			pool.Close()
		}
	}
}
