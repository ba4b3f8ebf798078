package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// randomTail draws windows that lie inside [n, d, h, w, c], leaving elements over
// or not.
func randomTail(r *rand.Rand, n, d, h, w, c int) *Tail {
	t := &Tail{Relu: r.IntN(2) == 0}
	t.N, t.D, t.H, t.W, t.C = n, d, h, w, c
	axis := func(size int) int { return 1 + r.IntN(min(3, size)) }
	t.KD, t.KH, t.KW = axis(d), axis(h), axis(w)
	if r.IntN(2) == 0 {
		t.KD, t.KH, t.KW = min(2, d), min(2, h), min(2, w)
	}
	if r.IntN(4) == 0 {
		t.KD, t.KH, t.KW = 1, 1, 1
	}
	t.SD, t.SH, t.SW = t.KD, t.KH, t.KW
	t.OD, t.OH, t.OW = d/t.KD, h/t.KH, w/t.KW
	return t
}

// rectified is what a tail gives one by one: the normalisation, the rectifier,
// and the largest of each window, whose place it also gives.
func (t *Tail) apart(norm *Norm[float64], z []float64) (y []float64, places []int) {
	values := make([]float64, len(z))
	for i, v := range z {
		c := i % t.C
		values[i] = (v-norm.Center[c])*norm.Factor[c] + norm.Offset[c]
		if t.Relu && values[i] < 0 {
			values[i] = 0
		}
	}
	y, places = make([]float64, t.N*t.output()), make([]int, t.N*t.output())
	oraclePool(&t.Pooling, func(o int, window []int) {
		best := window[0]
		for _, at := range window {
			if values[at] > values[best] || values[at] != values[at] && values[best] == values[best] {
				best = at
			}
		}
		y[o], places[o] = values[best], best
	})
	return y, places
}

func randomNorm[T Float](r *rand.Rand, c int) (*Norm[T], *Norm[float64]) {
	draw := func() []T { return values[T](r, c) }
	n := &Norm[T]{draw(), draw(), draw(), draw(), draw()}
	return n, &Norm[float64]{widen(n.Center), widen(n.Factor), widen(n.Offset), widen(n.Pull), widen(n.Push)}
}

func TestTail(t *testing.T) {
	withEngines(t, func(t *testing.T) { testTail[float32](t) })
	t.Run("float64", func(t *testing.T) { testTail[float64](t) })
}

func testTail[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(1, 7))
	pool := NewPool(2)
	defer pool.Close()
	s := new(Scratch[T])
	for range 150 {
		tail := randomTail(r, 1+r.IntN(3), 1+r.IntN(5), 1+r.IntN(6), 1+r.IntN(7), []int{1, 2, 15, 16, 17, 32, 33, 50}[r.IntN(8)])
		about := fmt.Sprintf("%+v: ", *tail)
		norm, wide := randomNorm[T](r, tail.C)
		z, dy := values[T](r, tail.N*tail.input()), values[T](r, tail.N*tail.output())
		want, places := tail.apart(wide, widen(z))
		y, peak := make([]T, len(dy)), make([]T, len(dy))
		codes := make([]uint8, tail.Codes())
		if tail.flat() && r.IntN(2) == 0 {
			codes = nil
		}
		NormForward(pool, s, tail, norm, z, y, peak, codes)
		near(t, about+"outputs", 4, y, want)
		tops := make([]float64, len(y))
		slope, sum, along := make([]float64, len(z)), make([]float64, tail.C), make([]float64, tail.C)
		for i, v := range z {
			c := i % tail.C
			slope[i] = (float64(v)-wide.Center[c])*wide.Pull[c] + wide.Push[c]
		}
		behind := make([]float64, len(z))
		for i, place := range places {
			c := i % tail.C
			tops[i] = float64(z[place])
			if tail.Relu && want[i] <= 0 {
				tops[i] = float64(peak[i]) // any of them is as good
				continue
			}
			behind[place] += float64(dy[i])
			slope[place] += float64(dy[i]) * wide.Factor[c]
			sum[c] += float64(dy[i])
			along[c] += float64(dy[i]) * (tops[i] - wide.Center[c])
		}
		near(t, about+"peaks", 0, peak, tops)
		gotSum, gotAlong := make([]float64, tail.C), make([]float64, tail.C)
		NormSums(pool, s, len(y)/tail.C, tail.C, tail.Relu, y, dy, peak, norm.Center, gotSum, gotAlong)
		for c := range sum {
			if math.Abs(gotSum[c]-sum[c]) > 1e-4 || math.Abs(gotAlong[c]-along[c]) > 1e-4 {
				t.Fatalf("%sthe sums are %v and %v, want %v and %v", about, gotSum[c], gotAlong[c], sum[c], along[c])
			}
		}
		dz := values[T](r, len(z))
		Scatter(pool, s, tail, y, dy, codes, dz)
		near(t, about+"what comes back", 0, dz, behind)
		NormBackward(pool, s, tail, norm, z, y, dy, codes, dz)
		near(t, about+"slopes", 8, dz, slope)
		NormBackward(pool, s, tail, norm, z, y, dy, codes, z)
		near(t, about+"slopes in place", 8, z, slope)
	}
}

// A NaN is larger than any number, and stays.
func TestTailNaN(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		nan := float32(math.NaN())
		tail := &Tail{Relu: true, Pooling: Pooling{N: 1, D: 1, H: 1, W: 6, C: 1, OD: 1, OH: 1, OW: 2, KD: 1, KH: 1, KW: 3, SD: 1, SH: 1, SW: 3}}
		norm := &Norm[float32]{Center: []float32{0}, Factor: []float32{1}, Offset: []float32{0}}
		y, codes := make([]float32, 2), make([]uint8, tail.Codes())
		NormForward(nil, new(Scratch[float32]), tail, norm, []float32{1, nan, 3, -1, -2, -3}, y, nil, codes)
		if y[0] == y[0] || codes[0] != 1 || y[1] != 0 {
			t.Errorf("the outputs are %v, the first window's code is %d", y, codes[0])
		}
	})
}

func TestRectifyAndGate(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 8))
		for _, n := range []int{1, 15, 16, 17, 100, stretch + 3} {
			y, dy, dx := values[float32](r, n), values[float32](r, n), values[float32](r, n)
			want, behind := widen(y), widen(dy)
			for i, v := range want {
				if v <= 0 {
					want[i], behind[i] = 0, 0
				}
			}
			Rectify(nil, new(Scratch[float32]), y)
			near(t, "outputs", 0, y, want)
			Gate(nil, new(Scratch[float32]), y, dy, dx)
			near(t, "slopes", 0, dx, behind)
		}
	})
}

func TestMoments(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 9))
		for _, columns := range []int{1, 16, 33} {
			const rows, cuts = 1000, 3
			x := values[float32](r, rows*columns)
			mean, variance := make([]float64, columns), make([]float64, columns)
			for i := range x {
				x[i] += 1000 // far from 0 beside the deviation
				mean[i%columns] += float64(x[i]) / rows
			}
			for i, v := range x {
				d := float64(v) - mean[i%columns]
				variance[i%columns] += d * d / rows
			}
			var m Moments[float32]
			m.Begin(nil, cuts, columns)
			for i := range cuts {
				m.Take(0, i, x[rows*i/cuts*columns:rows*(i+1)/cuts*columns])
			}
			m.Join()
			for c := range columns {
				if math.Abs(m.Mean[c]-mean[c]) > 1e-6 || math.Abs(m.Variance[c]/variance[c]-1) > 1e-5 {
					t.Fatalf("mean and variance are %v and %v, want %v and %v", m.Mean[c], m.Variance[c], mean[c], variance[c])
				}
			}
		}
	})
}

func TestConvPool(t *testing.T) {
	withEngines(t, func(t *testing.T) { testConvPool[float32](t) })
	t.Run("float64", func(t *testing.T) { testConvPool[float64](t) })
}

func testConvPool[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(1, 10))
	pool := NewPool(2)
	defer pool.Close()
	s := new(Scratch[T])
	tried, sparse := 0, 0
	// The slopes may be asked for or not, and there may be codes though there is no
	// pooling.
	draw := func(r *rand.Rand, n int) []T {
		if r.IntN(2) == 0 {
			return nil
		}
		return values[T](r, n)
	}
	for tried < 100 {
		g := randomConv(r)
		if r.IntN(2) == 0 { // the shape that has kernels of its own
			g.C, g.Groups = []int{1, 1, 1, 2, 3, 4}[r.IntN(6)], 1
			g.KD, g.KH, g.KW, g.SD, g.SH, g.SW, g.ED, g.EH, g.EW = 3, 3, 3, 1, 1, 1, 1, 1, 1
			g.PD, g.PH, g.PW = r.IntN(2), r.IntN(2), r.IntN(2)
			g.D, g.H, g.W = 4+r.IntN(4), 4+r.IntN(4), 4+r.IntN(20)
			g.OD, g.OH, g.OW = g.D+2*g.PD-2, g.H+2*g.PH-2, g.W+2*g.PW-2
		}
		if !g.Pools() {
			continue
		}
		tried++
		nx, nw, ny := g.sizes()
		x, w := values[T](r, nx), values[T](r, nw)
		var bias []T
		if r.IntN(2) == 0 {
			bias = values[T](r, g.K)
		}
		tail := randomTail(r, g.N, g.OD, g.OH, g.OW, g.K)
		about := fmt.Sprintf("%+v, %+v: ", *g, *tail)
		z := make([]T, ny)
		ConvForward(pool, s, g, x, w, bias, z)
		ones, zeros := make([]float64, g.K), make([]float64, g.K)
		for i := range ones {
			ones[i] = 1
		}
		want, places := tail.apart(&Norm[float64]{Center: zeros, Factor: ones, Offset: zeros}, widen(z))
		y, codes := make([]T, len(want)), make([]uint8, tail.Codes())
		if tail.flat() && r.IntN(2) == 0 {
			codes = nil
		}
		ConvPool(pool, s, g, tail, x, w, bias, y, codes)
		// Both are rounded, by different ways.
		near(t, about+"outputs", 2*nw/g.K, y, want)

		pieces := make([]int, g.pieces())
		again := make([]T, ny)
		convForwardThen(pool, s, g, x, w, bias, again, followUp[T](func(_, piece int, rows []T) { pieces[piece] += len(rows) }))
		near(t, about+"the whole output", nw/g.K, again, widen(z))
		seen := 0
		for _, n := range pieces {
			seen += n
		}
		if seen != ny {
			t.Fatalf("%s%d of %d outputs were followed up", about, seen, ny)
		}

		if !TailWeightGrads[T](g) {
			continue
		}
		sparse++
		dy := values[T](r, len(y))
		dz := make([]float64, ny)
		for i, place := range places {
			if !(tail.Relu && want[i] <= 0) {
				dz[place] += float64(dy[i])
			}
		}
		dw := values[T](r, nw)
		grads := widen(dw)
		db := values[T](r, g.K)
		biases := widen(db)
		for i, v := range dz {
			biases[i%g.K] += v
		}
		oracleWeightGrad(g, widen(x), dz, grads)
		stored := draw(r, ny)
		ConvTailWeightGrad(pool, s, g, tail, nil, x, nil, y, dy, codes, stored, dw, db)
		if stored != nil {
			near(t, about+"slopes", 0, stored, dz)
		}
		near(t, about+"bias gradient", ny/g.K, db, biases)
		near(t, about+"weight gradient", ny/g.K, dw, grads)

		norm, wide := randomNorm[T](r, g.K)
		want, places = tail.apart(wide, widen(z))
		for i, v := range z {
			c := i % g.K
			dz[i] = (float64(v)-wide.Center[c])*wide.Pull[c] + wide.Push[c]
		}
		NormForward(pool, s, tail, norm, z, y, nil, codes)
		for i, place := range places {
			if !(tail.Relu && want[i] <= 0) {
				dz[place] += float64(dy[i]) * wide.Factor[i%g.K]
			}
		}
		grads = widen(dw)
		oracleWeightGrad(g, widen(x), dz, grads)
		stored = draw(r, ny)
		ConvTailWeightGrad(pool, s, g, tail, norm, x, z, y, dy, codes, stored, dw, nil)
		if stored != nil {
			near(t, about+"slopes behind a normalisation", 10, stored, dz)
		}
		near(t, about+"weight gradient behind a normalisation", 10*ny/g.K, dw, grads)
	}
	if sparse == 0 && len(engineOf[T]().fans) > 0 {
		t.Error("no weight gradient was tried")
	}
}

// TestFirstOfTheLargest: of equal outputs in a window the first counts, and of NaN
// the first before any number, wherever in the window they lie.
func TestFirstOfTheLargest(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 11))
		pool := NewPool(2)
		defer pool.Close()
		s := new(Scratch[float32])
		for range 40 {
			g := &Conv{
				N: 2, D: 6, H: 4 + 2*r.IntN(3), W: 4 + 2*r.IntN(6), C: 1 + r.IntN(3), K: 1 + r.IntN(40),
				KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, Groups: 1,
			}
			g.OD, g.OH, g.OW = g.D-2, g.H-2, g.W-2
			tail := &Tail{Relu: r.IntN(2) == 0, Pooling: Pooling{
				N: g.N, D: g.OD, H: g.OH, W: g.OW, C: g.K, OD: g.OD / 2, OH: g.OH / 2, OW: g.OW / 2,
				KD: 2, KH: 2, KW: 2, SD: 2, SH: 2, SW: 2,
			}}
			nx, nw, ny := g.sizes()
			x, w := values[float32](r, nx), values[float32](r, nw)
			for _, list := range [][]float32{x, w} {
				for i, v := range list { // sums of whole numbers are often equal
					list[i] = float32(math.Round(float64(v)))
				}
			}
			x[r.IntN(nx)] = float32(math.NaN())
			z := make([]float32, ny)
			ConvForward(pool, s, g, x, w, nil, z)
			ones, zeros := make([]float64, g.K), make([]float64, g.K)
			for i := range ones {
				ones[i] = 1
			}
			want, places := tail.apart(&Norm[float64]{Center: zeros, Factor: ones, Offset: zeros}, widen(z))
			y, codes := make([]float32, len(want)), make([]uint8, tail.Codes())
			ConvPool(pool, s, g, tail, x, w, nil, y, codes)
			about := fmt.Sprintf("%+v, %+v: ", *g, *tail)
			near(t, about+"outputs", 0, y, want)
			if !TailWeightGrads[float32](g) {
				continue
			}
			dy, dz := values[float32](r, len(y)), make([]float64, ny)
			for i, place := range places {
				if !(tail.Relu && want[i] <= 0) {
					dz[place] = float64(dy[i])
				}
			}
			stored := make([]float32, ny)
			ConvTailWeightGrad(pool, s, g, tail, nil, x, nil, y, dy, codes, stored, make([]float32, nw), nil)
			near(t, about+"slopes", 0, stored, dz)
		}
	})
}

// followUp is a function that takes pieces.
type followUp[T Float] func(worker, piece int, rows []T)

func (f followUp[T]) Take(worker, piece int, rows []T) { f(worker, piece, rows) }

// A transposed convolution with a function behind it gives the bits of the two one
// after the other, in the place of its own result or in another one.
func TestConvTransposeCurve(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(6, 7))
		pool := NewPool(3)
		defer pool.Close()
		var s Scratch[float32]
		double := func(x, y []float32) {
			for i, v := range x {
				y[i] = 2*v + 1
			}
		}
		large := &Conv{N: 2, D: 9, H: 16, W: 16, C: 32, OD: 9, OH: 16, OW: 16, K: 32, KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, PD: 1, PH: 1, PW: 1, Groups: 1}
		methods := make(map[Method]bool)
		for turn := range 60 {
			g := large
			if turn > 0 {
				g = randomConv(r)
			}
			methods[Choose(g)] = true
			nx, nw, ny := g.sizes()
			y, w, bias := values[float32](r, ny), values[float32](r, nw), values[float32](r, g.C)
			z, x, want := make([]float32, nx), make([]float32, nx), make([]float32, nx)
			ConvTranspose(pool, &s, g, y, w, bias, want)
			double(want, want)
			ConvTransposeCurve(pool, &s, g, y, w, bias, z, x, double)
			ConvTransposeCurve(pool, &s, g, y, w, bias, z, z, double)
			for i, v := range want {
				if x[i] != v || z[i] != v {
					t.Fatalf("%+v: element %d is %v, and %v in place, want %v", *g, i, x[i], z[i], v)
				}
			}
		}
		if !methods[Direct] || single.winograd.pad > 1 && !methods[Winograd] {
			t.Errorf("only %v were tried", methods)
		}
	})
}
