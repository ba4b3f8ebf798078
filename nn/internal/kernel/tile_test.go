package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestTile holds every micro-kernel to the definition: all numbers of rows and
// columns, all ways to begin a sum, odd and even lengths, with distances as in a
// convolution, its weight gradient and a matrix product.
func TestTile(t *testing.T) {
	withEngines(t, func(t *testing.T) { testTile(t, single) })
	t.Run("float64", func(t *testing.T) { testTile(t, double) })
}

func testTile[T Float](t *testing.T, e *engine[T]) {
	r := rand.New(rand.NewPCG(9, 10))
	for rows := 1; rows <= e.rows; rows++ {
		for cols := 1; cols <= e.cols; cols++ {
			for _, length := range []int{0, 1, 2, 3, 8} {
				q := &tile[T]{rows: rows, cols: cols, length: length, add: r.IntN(2) == 0}
				q.aRow, q.aStep = r.IntN(4), r.IntN(3)
				q.bStep, q.cRow = cols+r.IntN(3), cols+r.IntN(3)
				for range r.IntN(4) {
					q.runs = append(q.runs, run{a: r.IntN(9), b: r.IntN(9)})
				}
				q.a = values[T](r, 9+rows*q.aRow+length*q.aStep)
				q.b = values[T](r, 9+(length+1)*q.bStep)
				q.c = values[T](r, rows*q.cRow)
				if r.IntN(2) == 0 {
					q.bias = values[T](r, cols)
				}
				want := widen(q.c)
				for i := range rows {
					for j := range cols {
						sum := 0.0
						if q.add {
							sum = want[i*q.cRow+j]
						}
						if q.bias != nil {
							sum += float64(q.bias[j])
						}
						for _, run := range q.runs {
							for l := range length {
								sum += float64(q.a[run.a+i*q.aRow+l*q.aStep]) * float64(q.b[run.b+l*q.bStep+j])
							}
						}
						want[i*q.cRow+j] = sum
					}
				}
				// Elements between the rows of c must keep their values, too.
				e.compute(q)
				near(t, fmt.Sprintf("c of %d x %d x %d:", rows, cols, length), 3*length+2, q.c, want)
			}
		}
	}
}

// TestNaN holds the products to IEEE arithmetic: 0 × NaN and 0 × Inf are NaN, on
// every path.
func TestNaN(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
			g := &Conv{N: 1, D: 1, H: 1, W: 5, C: 3, OD: 1, OH: 1, OW: 3, K: 18, KD: 1, KH: 1, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, Groups: 1}
			nx, nw, ny := g.sizes()
			x, w, y := make([]float32, nx), make([]float32, nw), make([]float32, ny)
			x[g.C] = bad // read by the outputs 0 and 1
			var s Scratch[float32]
			ConvForward(nil, &s, g, x, w, nil, y)
			for i, v := range y {
				if spoilt := i/g.K < 2; spoilt != (v != v) {
					t.Errorf("with %v in x, y[%d] is %v", bad, i, v)
				}
			}
			a, b, c := []float32{0, bad}, make([]float32, 2*19), make([]float32, 19)
			MatMul(nil, &s, 1, 19, 2, a, b, c, false, false, false)
			for i, v := range c {
				if v == v {
					t.Errorf("with %v in a, c[%d] is %v", bad, i, v)
				}
			}
		}
	})
}

func BenchmarkTile(b *testing.B) {
	for _, e := range engines() {
		for _, rows := range []int{e.rows, (e.rows + 1) / 2, 1} {
			const length, runs = 192, 9
			t := &tile[float32]{
				a: make([]float32, rows*64+length), b: make([]float32, length*e.cols), c: make([]float32, rows*e.cols),
				runs: make([]run, runs), length: length, aRow: 64, aStep: 1, bStep: e.cols, cRow: e.cols, rows: rows, cols: e.cols,
			}
			b.Run(fmt.Sprintf("%s/%dx%d", e.name, rows, e.cols), func(b *testing.B) {
				for b.Loop() {
					e.compute(t)
				}
				b.ReportMetric(2*float64(rows*e.cols*length*runs*b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}
