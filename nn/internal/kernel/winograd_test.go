package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomWinograd draws a convolution that Winograd's method fits.
func randomWinograd(r *rand.Rand) *Conv {
	pick := func(of ...int) int { return of[r.IntN(len(of))] }
	g := &Conv{
		N: pick(1, 1, 2, 3, 5), C: pick(1, 2, 3, 7, 8, 15, 16, 17, 33), K: pick(1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 40, 65),
		KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, Groups: 1,
	}
	axis := func(size int) (length, padding, out int) {
		for {
			length = 1 + r.IntN(size)
			back := 0
			switch r.IntN(3) {
			case 0:
				padding, back = 1, 1
			case 1:
				padding, back = r.IntN(5), r.IntN(5)
			}
			if out = length + padding + back - 2; out > 0 {
				return length, padding, out
			}
		}
	}
	g.D, g.PD, g.OD = axis(5)
	g.H, g.PH, g.OH = axis(7)
	g.W, g.PW, g.OW = axis(pick(3, 9, 70))
	return g
}

func TestWinograd(t *testing.T) {
	withEngines(t, func(t *testing.T) { testWinograd[float32](t, 50) })
	t.Run("float64", func(t *testing.T) { testWinograd[float64](t, 25) })
}

func testWinograd[T Float](t *testing.T, cases int) {
	r := rand.New(rand.NewPCG(21, 22))
	pool := NewPool(2)
	defer pool.Close()
	var scratch Scratch[T]
	for range cases {
		g := randomWinograd(r)
		nx, nw, ny := g.sizes()
		x, w, dy := values[T](r, nx), values[T](r, nw), values[T](r, ny)
		var bias []T
		if r.IntN(2) == 0 {
			bias = values[T](r, g.K)
		}
		y, dx, dw := values[T](r, ny), values[T](r, nx), values[T](r, nw)
		want := widen(y)
		oracleForward(g, widen(x), widen(w), widen(bias), want)
		winogradForward(pool, &scratch, g, x, w, bias, y)
		near(t, describe(g, "y"), nw/g.K, y, want)

		want = widen(dx)
		oracleInputGrad(g, widen(dy), widen(w), want)
		winogradTranspose(pool, &scratch, g, dy, w, nil, dx)
		near(t, describe(g, "dx"), nw/g.C, dx, want)

		want = widen(dw)
		oracleWeightGrad(g, widen(x), widen(dy), want)
		winogradWeightGrad(pool, &scratch, g, x, dy, dw)
		near(t, describe(g, "dw"), ny/g.K, dw, want)
	}
}

// TestWinogradManyAreas has rows cut into several areas, and more areas to a part
// of the weight gradient than are taken at a time.
func TestWinogradManyAreas(t *testing.T) {
	g := &Conv{
		N: 11, D: 4, H: 6, W: 69, C: 1, OD: 4, OH: 6, OW: 69, K: 440,
		KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, PD: 1, PH: 1, PW: 1, Groups: 1,
	}
	nx, nw, ny := g.sizes()
	r := rand.New(rand.NewPCG(33, 34))
	pool := NewPool(2)
	defer pool.Close()
	x, w, dy := values[float32](r, nx), values[float32](r, nw), values[float32](r, ny)
	y, dx, dw := make([]float64, ny), make([]float64, nx), make([]float64, nw)
	var wide Scratch[float64]
	directForward(pool, &wide, g, widen(x), widen(w), nil, y)
	directTranspose(pool, &wide, g, widen(dy), widen(w), nil, dx)
	directWeightGrad(pool, &wide, g, widen(x), widen(dy), dw)
	withEngines(t, func(t *testing.T) {
		var s Scratch[float32]
		into := make([]float32, ny)
		winogradForward(pool, &s, g, x, w, nil, into)
		near(t, "y", 27, into, y)
		winogradTranspose(pool, &s, g, dy, w, nil, into[:nx])
		near(t, "dx", 27*g.K, into[:nx], dx)
		clear(into[:nw])
		winogradWeightGrad(pool, &s, g, x, dy, into[:nw])
		near(t, "dw", ny/g.K, into[:nw], dw)
		if areas := s.winogradWeights.areas(0, s.winogradWeights.grid.rows(), s.winogradWeights.tiles); areas.across < 2 || areas.count() <= groupAreas*s.winogradWeights.parts {
			t.Errorf("%d areas in %d parts, %d across: the test is too small", areas.count(), s.winogradWeights.parts, areas.across)
		}
	})
}

// TestWinogradError measures the largest rounding error of both methods, by the
// largest result, on numbers drawn from the normal distribution, and holds
// Winograd's to the level of the direct way's.
func TestWinogradError(t *testing.T) {
	g := &Conv{
		N: 2, D: 7, H: 6, W: 8, C: 64, OD: 7, OH: 6, OW: 8, K: 32,
		KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, PD: 1, PH: 1, PW: 1, Groups: 1,
	}
	nx, nw, ny := g.sizes()
	r := rand.New(rand.NewPCG(23, 24))
	normal := func(n int) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(r.NormFloat64())
		}
		return v
	}
	x, w, dy := normal(nx), normal(nw), normal(ny)
	y, dx, dw := make([]float64, ny), make([]float64, nx), make([]float64, nw)
	oracleForward(g, widen(x), widen(w), nil, y)
	oracleInputGrad(g, widen(dy), widen(w), dx)
	oracleWeightGrad(g, widen(x), widen(dy), dw)
	withEngines(t, func(t *testing.T) {
		var s Scratch[float32]
		for _, pass := range []struct {
			name             string
			want             []float64
			direct, winograd func(into []float32)
		}{
			{"forward", y,
				func(into []float32) { directForward(nil, &s, g, x, w, nil, into) },
				func(into []float32) { winogradForward(nil, &s, g, x, w, nil, into) }},
			{"input gradient", dx,
				func(into []float32) { directTranspose(nil, &s, g, dy, w, nil, into) },
				func(into []float32) { winogradTranspose(nil, &s, g, dy, w, nil, into) }},
			{"weight gradient", dw,
				func(into []float32) { directWeightGrad(nil, &s, g, x, dy, into) },
				func(into []float32) { winogradWeightGrad(nil, &s, g, x, dy, into) }},
		} {
			failure := func(compute func([]float32)) float64 {
				got, worst, largest := make([]float32, len(pass.want)), 0.0, 0.0
				compute(got)
				for i, want := range pass.want {
					worst, largest = max(worst, math.Abs(float64(got[i])-want)), max(largest, math.Abs(want))
				}
				return worst / largest
			}
			direct, winograd := failure(pass.direct), failure(pass.winograd)
			t.Logf("%s: direct %.2g, winograd %.2g", pass.name, direct, winograd)
			if winograd > 2e-6 || winograd > 4*direct {
				t.Errorf("%s: the error is %.2g, the direct way's %.2g", pass.name, winograd, direct)
			}
		}
	})
}

// TestWinogradNaN holds what is not finite to stay so: every output that the
// direct way makes NaN or infinite is one of the two, and what else becomes so
// lies in the same tile.
func TestWinogradNaN(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(25, 26))
		for range 20 {
			g := randomWinograd(r)
			nx, nw, ny := g.sizes()
			x, w, dy := values[float32](r, nx), values[float32](r, nw), values[float32](r, ny)
			bad := []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))}[r.IntN(3)]
			x[r.IntN(nx)], dy[r.IntN(ny)] = bad, bad
			var s Scratch[float32]
			hold := func(what string, direct, winograd []float32) {
				t.Helper()
				for i := range direct {
					if d, v := float64(direct[i]), float64(winograd[i]); d-d != 0 && v-v == 0 {
						t.Fatalf("%s[%d] is %v, the direct way %v", describe(g, what), i, v, d)
					}
				}
			}
			y, dx, dw := make([]float32, ny), make([]float32, nx), make([]float32, nw)
			y2, dx2, dw2 := make([]float32, ny), make([]float32, nx), make([]float32, nw)
			directForward(nil, &s, g, x, w, nil, y)
			winogradForward(nil, &s, g, x, w, nil, y2)
			hold("y", y, y2)
			directTranspose(nil, &s, g, dy, w, nil, dx)
			winogradTranspose(nil, &s, g, dy, w, nil, dx2)
			hold("dx", dx, dx2)
			directWeightGrad(nil, &s, g, x, dy, dw)
			winogradWeightGrad(nil, &s, g, x, dy, dw2)
			hold("dw", dw, dw2)
		}
	})
	// One tile is spoilt, its neighbours are not.
	g := &Conv{
		N: 1, D: 2, H: 2, W: 8, C: 1, OD: 2, OH: 2, OW: 8, K: 1,
		KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, PD: 1, PH: 1, PW: 1, Groups: 1,
	}
	nx, nw, ny := g.sizes()
	x, w, y := make([]float32, nx), make([]float32, nw), make([]float32, ny)
	x[0] = float32(math.NaN())
	var s Scratch[float32]
	winogradForward(nil, &s, g, x, w, nil, y)
	for i, v := range y {
		if spoilt := i%g.OW < 2; spoilt != (v != v) {
			t.Errorf("with NaN in the first tile of the row, y[%d] is %v", i, v)
		}
	}
}

// TestWinogradThreads holds the method to the same bits for any number of
// threads.
func TestWinogradThreads(t *testing.T) {
	run := func(threads int) [][]float32 {
		r := rand.New(rand.NewPCG(27, 28))
		pool := NewPool(threads)
		defer pool.Close()
		var s Scratch[float32]
		var results [][]float32
		for range 12 {
			g := randomWinograd(r)
			nx, nw, ny := g.sizes()
			x, w, dy := values[float32](r, nx), values[float32](r, nw), values[float32](r, ny)
			y, dx, dw := make([]float32, ny), make([]float32, nx), make([]float32, nw)
			winogradForward(pool, &s, g, x, w, nil, y)
			winogradTranspose(pool, &s, g, dy, w, nil, dx)
			winogradWeightGrad(pool, &s, g, x, dy, dw)
			results = append(results, y, dx, dw)
		}
		return results
	}
	withEngines(t, func(t *testing.T) {
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

// TestPoints holds the products to the definition: all numbers of rows, one and
// two vectors, one and several strips.
func TestPoints(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		e, r := single, rand.New(rand.NewPCG(29, 30))
		for rows := e.winograd.least; rows <= e.rows; rows++ {
			for cols := e.winograd.pad; cols <= e.cols; cols += e.winograd.pad {
				q := &points[float32]{count: 1 + r.IntN(3), strips: 1 + r.IntN(3), length: 1 + r.IntN(4), rows: rows, cols: cols, add: r.IntN(2) == 0, ahead: r.IntN(9), pace: r.IntN(9)}
				height := q.strips * rows
				q.aRow, q.aStep, q.bStep = q.length, 1, cols+r.IntN(3)
				if r.IntN(2) == 0 {
					q.aRow, q.aStep = 1, height+r.IntN(3)
				}
				q.aPoint, q.bPoint, q.cPoint = height*q.length+r.IntN(3)+3*q.length, q.length*q.bStep+r.IntN(3), height*cols+r.IntN(3)
				q.a, q.b, q.c = values[float32](r, q.count*q.aPoint), values[float32](r, q.count*q.bPoint), values[float32](r, q.count*q.cPoint)
				want := widen(q.c)
				for p := range q.count {
					for i := range height {
						for j := range cols {
							at, sum := p*q.cPoint+i*cols+j, 0.0
							for l := range q.length {
								sum += float64(q.a[p*q.aPoint+i*q.aRow+l*q.aStep]) * float64(q.b[p*q.bPoint+l*q.bStep+j])
							}
							if q.add {
								sum += want[at]
							}
							want[at] = sum
						}
					}
				}
				e.winograd.multiply(q)
				near(t, fmt.Sprintf("c of %d x %d rows, %d columns:", q.strips, rows, cols), q.length+1, q.c, want)
			}
		}
	})
}

// BenchmarkMethods compares the two methods on shapes of usual networks.
func BenchmarkMethods(b *testing.B) {
	for _, c := range []struct{ examples, size, c, k int }{
		{32, 14, 64, 128}, {32, 14, 32, 64}, {32, 7, 64, 128}, {8, 28, 16, 16}, {8, 28, 8, 32}, {8, 14, 16, 32},
		{16, 4, 128, 256}, {8, 28, 32, 32}, {4, 32, 4, 16}, {4, 32, 8, 8}, {8, 9, 48, 48}, {8, 5, 100, 100}, {2, 3, 128, 128}, {32, 2, 256, 256},
	} {
		g := &Conv{
			N: c.examples, D: c.size, H: c.size, W: c.size, C: c.c, OD: c.size, OH: c.size, OW: c.size, K: c.k,
			KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, PD: 1, PH: 1, PW: 1, Groups: 1,
		}
		nx, nw, ny := g.sizes()
		r := rand.New(rand.NewPCG(1, 2))
		x, w, y := values[float32](r, nx), values[float32](r, nw), values[float32](r, ny)
		var s Scratch[float32]
		for _, threads := range []int{1, 2} {
			pool := NewPool(threads)
			for _, pass := range []struct {
				name string
				work func()
			}{
				{"forward/direct", func() { directForward(pool, &s, g, x, w, nil, y) }},
				{"forward/winograd", func() { winogradForward(pool, &s, g, x, w, nil, y) }},
				{"inputgrad/direct", func() { directTranspose(pool, &s, g, y, w, nil, x) }},
				{"inputgrad/winograd", func() { winogradTranspose(pool, &s, g, y, w, nil, x) }},
				{"weightgrad/direct", func() { clear(w); directWeightGrad(pool, &s, g, x, y, w) }},
				{"weightgrad/winograd", func() { clear(w); winogradWeightGrad(pool, &s, g, x, y, w) }},
			} {
				b.Run(fmt.Sprintf("%d^3x%d-%d/%s/%d", c.size, c.c, c.k, pass.name, threads), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						pass.work()
					}
					// All taps count, as if every product of the direct way were made.
					flops := 2 * float64(g.N*g.OD*g.OH*g.OW) * float64(nw)
					b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
				})
			}
			pool.Close()
		}
	}
}
