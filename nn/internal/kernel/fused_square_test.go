package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// squareConv is a convolution over one channel that has squares, with the windows
// behind it; now and then its rows of windows are longer than what is transformed
// at a time.
func squareConv(r *rand.Rand) (*Conv, *Tail) {
	g := &Conv{
		N: 1 + r.IntN(2), D: 4 + r.IntN(9), H: 4 + r.IntN(5), W: 4 + r.IntN(30), C: 1, K: []int{1, 15, 16, 17, 32, 33, 50}[r.IntN(7)],
		KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, Groups: 1,
		PD: r.IntN(2), PH: r.IntN(2), PW: r.IntN(2),
	}
	if r.IntN(3) == 0 {
		g.W = 60 + r.IntN(80)
	}
	g.OD, g.OH, g.OW = g.D+2*g.PD-2, g.H+2*g.PH-2, g.W+2*g.PW-2
	t := &Tail{Relu: r.IntN(2) == 0, Pooling: Pooling{
		N: g.N, D: g.OD, H: g.OH, W: g.OW, C: g.K, OD: g.OD / 2, OH: g.OH / 2, OW: g.OW / 2, KD: 2, KH: 2, KW: 2, SD: 2, SH: 2, SW: 2,
	}}
	return g, t
}

// withSquares runs a test with each engine that has them.
func withSquares(t *testing.T, test func(t *testing.T)) {
	withEngines(t, func(t *testing.T) {
		if len(passesOf[float32]().squares) > 0 {
			test(t)
		}
	})
}

// TestSquares holds the outputs and codes to loops in double precision, and the
// rounding error to that of the other way.
func TestSquares(t *testing.T) {
	withSquares(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(31, 32))
		var s Scratch[float32]
		var worst, otherWorst float64
		for range 40 {
			g, tail := squareConv(r)
			nx, nw, ny := g.sizes()
			x, w, bias := values[float32](r, nx), values[float32](r, nw), values[float32](r, g.K)
			z := make([]float64, ny)
			oracleForward(g, widen(x), widen(w), widen(bias), z)
			ones, zeros := make([]float64, g.K), make([]float64, g.K)
			for i := range ones {
				ones[i] = 1
			}
			want, _ := tail.apart(&Norm[float64]{Center: zeros, Factor: ones, Offset: zeros}, z)
			y, codes := make([]float32, len(want)), make([]uint8, tail.Codes())
			ConvPool(nil, &s, g, tail, x, w, bias, y, codes)
			near(t, describe(g, "y"), 27, y, want)
			for i, v := range y {
				// The code's element is as large as the output.
				c, o := i%g.K, i/g.K
				code := int(codes[o*CodeStride(g.K)+c])
				ow, oh, od, n := o%tail.OW, o/tail.OW%tail.OH, o/tail.OW/tail.OH%tail.OD, o/tail.OW/tail.OH/tail.OD
				at := z[(((n*g.OD+2*od+code/4)*g.OH+2*oh+code/2%2)*g.OW+2*ow+code%2)*g.K+c]
				if tail.Relu {
					at = max(at, 0)
				}
				if math.Abs(at-float64(v)) > 1e-5 {
					t.Fatalf("%s[%d] is %v, but the element of code %d is %v", describe(g, "y"), i, v, code, at)
				}
				worst = max(worst, math.Abs(float64(v)-want[i]))
			}
			direct := make([]float32, ny)
			directForward(nil, &s, g, x, w, bias, direct)
			for i, v := range direct {
				otherWorst = max(otherWorst, math.Abs(float64(v)-z[i]))
			}
		}
		t.Logf("the largest error is %.2g, that of the direct way %.2g", worst, otherWorst)
		if worst > 4*otherWorst {
			t.Errorf("the error is %.2g, that of the direct way %.2g", worst, otherWorst)
		}
	})
}

// TestSquaresNaN holds what is not finite to stay so: a window's outputs read all
// that its tiles read.
func TestSquaresNaN(t *testing.T) {
	withSquares(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(33, 34))
		var s Scratch[float32]
		for range 20 {
			g, tail := squareConv(r)
			nx, nw, _ := g.sizes()
			x, w := values[float32](r, nx), values[float32](r, nw)
			x[r.IntN(nx)] = float32(math.NaN())
			y, other := make([]float32, tail.N*tail.output()), make([]float32, tail.N*tail.output())
			ConvPool(nil, &s, g, tail, x, w, nil, y, nil)
			z := make([]float32, g.N*g.OD*g.OH*g.OW*g.K)
			directForward(nil, &s, g, x, w, nil, z)
			NormForward(nil, &s, tail, nil, z, other, nil, nil)
			for i, v := range y {
				if (v != v) != (other[i] != other[i]) {
					t.Fatalf("%s[%d] is %v, the direct way %v", describe(g, "y"), i, v, other[i])
				}
			}
		}
	})
}

// TestSquaresThreads holds them to the same bits for any number of threads.
func TestSquaresThreads(t *testing.T) {
	run := func(threads int) [][]float32 {
		r := rand.New(rand.NewPCG(35, 36))
		pool := NewPool(threads)
		defer pool.Close()
		var s Scratch[float32]
		var results [][]float32
		for range 10 {
			g, tail := squareConv(r)
			nx, nw, _ := g.sizes()
			y := make([]float32, tail.N*tail.output())
			ConvPool(pool, &s, g, tail, values[float32](r, nx), values[float32](r, nw), values[float32](r, g.K), y, nil)
			results = append(results, y)
		}
		return results
	}
	withSquares(t, func(t *testing.T) {
		alone := run(1)
		for _, threads := range []int{2, 3, 8} {
			for i, result := range run(threads) {
				if !slices.Equal(result, alone[i]) {
					t.Errorf("result %d is another with %d threads", i, threads)
				}
			}
		}
	})
}
