package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

func TestCeilingCountsItsOperations(t *testing.T) {
	pool := NewPool(3)
	defer pool.Close()
	withEngines(t, func(t *testing.T) {
		if fast := single.name != "plain"; fast != (single.ceiling.vectors > 0) {
			t.Errorf("a step is %d vectors", single.ceiling.vectors)
		}
		for _, c := range []struct {
			pool    *Pool
			threads int
		}{{nil, 1}, {pool, 3}} {
			want := float64(2 * c.threads * 5 * single.ceiling.vectors * single.lanes)
			if got := Ceiling(c.pool, 5); got != want {
				t.Errorf("5 steps on %d threads are %g operations, want %g", c.threads, got, want)
			}
			Ceiling(c.pool, 0)
		}
	})
}

// BenchmarkCeiling tells what share of the processor's multiplications and additions
// the kernels reach, each in turn with the loop that does nothing else. The
// border's zeros, which the direct way leaves out, do not count.
func BenchmarkCeiling(b *testing.B) {
	if single.ceiling.compute == nil {
		return // Go alone has none
	}
	g := &Conv{
		N: 32, D: 14, H: 14, W: 14, C: 64, OD: 14, OH: 14, OW: 14, K: 128,
		KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, PD: 1, PH: 1, PW: 1, Groups: 1,
	}
	nx, nw, ny := g.sizes()
	r := rand.New(rand.NewPCG(1, 2))
	x, w, y := values[float32](r, nx), values[float32](r, nw), values[float32](r, ny)
	const n = 1024
	left, right, product := values[float32](r, n*n), values[float32](r, n*n), make([]float32, n*n)
	direct := 2 * float64(g.N*inside(g.OD, g.D, g.PD, g.KD, 1, 1)*inside(g.OH, g.H, g.PH, g.KH, 1, 1)*g.OW*g.KW*g.C*g.K)
	var s Scratch[float32]
	for _, threads := range []int{1, 2} {
		pool := NewPool(threads)
		for _, c := range []struct {
			name       string
			operations float64
			work       func()
		}{
			{"product", 2 * n * n * n, func() { MatMul(pool, &s, n, n, n, left, right, product, false, false, false) }},
			{"forward", direct, func() { directForward(pool, &s, g, x, w, nil, y) }},
			{"inputgrad", direct, func() { directTranspose(pool, &s, g, y, w, nil, x) }},
			{"weightgrad", direct, func() { clear(w); directWeightGrad(pool, &s, g, x, y, w) }},
		} {
			b.Run(fmt.Sprintf("%s/%d", c.name, threads), func(b *testing.B) {
				var most float64
				var spent time.Duration
				c.work()
				for b.Loop() {
					begin := time.Now()
					operations := Ceiling(pool, 1<<18)
					most += operations / time.Since(begin).Seconds()
					begin = time.Now()
					c.work()
					spent += time.Since(begin)
				}
				rate := c.operations * float64(b.N) / spent.Seconds()
				most /= float64(b.N)
				b.ReportMetric(rate/1e9, "GFLOP/s")
				b.ReportMetric(most/1e9, "ceiling-GFLOP/s")
				b.ReportMetric(100*rate/most, "%ceiling")
			})
		}
		pool.Close()
	}
}
