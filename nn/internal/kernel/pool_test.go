package kernel

import (
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
)

func TestPoolRunsEachChunkOnce(t *testing.T) {
	for _, threads := range []int{0, 1, 2, 3, 8} {
		pool := NewPool(threads)
		for _, chunks := range []int{0, 1, 2, 7, 100} {
			done := make([]atomic.Int32, chunks)
			pool.Run(chunks, func(chunk int) { done[chunk].Add(1) })
			for chunk := range done {
				if n := done[chunk].Load(); n != 1 {
					t.Errorf("%d threads ran chunk %d of %d %d times", threads, chunk, chunks, n)
				}
			}
		}
		pool.Close()
		pool.Close()
	}
}

func TestPoolInsideAJob(t *testing.T) {
	pool := NewPool(2)
	defer pool.Close()
	var sum atomic.Int32
	pool.Run(4, func(int) {
		pool.Run(3, func(chunk int) { sum.Add(int32(chunk)) })
	})
	if sum.Load() != 4*(0+1+2) {
		t.Errorf("the jobs inside a job added up to %d, want 12", sum.Load())
	}
}

// A worker that has no processor must not hold up a job that others have done: here
// there is none at all, whatever is asked for.
func TestPoolWaitsForNobodyWhoIsLate(t *testing.T) {
	pool := &Pool{threads: 3, wake: make(chan struct{}, 2), done: make(chan struct{}, 1)}
	for job := range 5 {
		var sum atomic.Int32
		pool.Run(4, func(chunk int) { sum.Add(int32(chunk)) })
		if sum.Load() != 0+1+2+3 {
			t.Errorf("the caller alone has added up %d in job %d, want 6", sum.Load(), job)
		}
		if pool.job.enter() {
			t.Errorf("a worker can join job %d, which is over", job)
		}
	}
}

// Workers that come late find the next job, or none.
func TestPoolOfManyShortJobs(t *testing.T) {
	pool := NewPool(4)
	defer pool.Close()
	var sum atomic.Int64
	const jobs = 2_000
	for job := range jobs {
		pool.Run(1+job%5, func(chunk int) { sum.Add(int64(chunk + 1)) })
	}
	if want := int64(jobs / 5 * (1 + 3 + 6 + 10 + 15)); sum.Load() != want {
		t.Errorf("the chunks of %d jobs add up to %d, want %d", jobs, sum.Load(), want)
	}
}

func TestNilPoolRunsOnTheCaller(t *testing.T) {
	var pool *Pool
	var order []int
	pool.Run(3, func(chunk int) { order = append(order, chunk) })
	if !slices.Equal(order, []int{0, 1, 2}) || pool.Threads() != 1 {
		t.Errorf("a nil pool of %d threads ran %v", pool.Threads(), order)
	}
	pool.Close()
}

func TestPoolRaisesPanicsOnTheCaller(t *testing.T) {
	pool := NewPool(3)
	defer pool.Close()
	func() {
		defer func() {
			if got := recover(); got != "chunk 5" {
				t.Errorf("the caller recovered %v, want the panic of chunk 5", got)
			}
		}()
		pool.Run(9, func(chunk int) {
			if chunk == 5 {
				panic("chunk 5")
			}
		})
	}()
	var done atomic.Int32
	pool.Run(9, func(int) { done.Add(1) })
	if done.Load() != 9 {
		t.Errorf("after a panic the pool ran %d chunks of 9", done.Load())
	}
}

// TestThreads holds every kernel to the same bits for any number of threads.
func TestThreads(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		alone := everything(1)
		for _, threads := range []int{2, 3, 8} {
			for i, result := range everything(threads) {
				if !slices.Equal(result, alone[i]) {
					t.Errorf("result %d is another with %d threads", i, threads)
				}
			}
		}
	})
}

// everything runs all kernels on random arguments, the same ones each time.
func everything(threads int) [][]float32 {
	r := rand.New(rand.NewPCG(13, 14))
	pool := NewPool(threads)
	defer pool.Close()
	var scratch Scratch[float32]
	var results [][]float32
	result := func(n int) []float32 {
		results = append(results, make([]float32, n))
		return results[len(results)-1]
	}
	for range 15 {
		g := randomConv(r)
		nx, nw, ny := g.sizes()
		x, w, dy := values[float32](r, nx), values[float32](r, nw), values[float32](r, ny)
		ConvForward(pool, &scratch, g, x, w, nil, result(ny))
		ConvInputGrad(pool, &scratch, g, dy, w, result(nx))
		ConvWeightGrad(pool, &scratch, g, x, dy, result(nw))
		BiasGrad(pool, &scratch, ny/g.K, g.K, dy, result(g.K))
	}
	for range 15 {
		g := randomPooling(r)
		x, y, argmax := values[float32](r, g.N*g.input()), result(g.N*g.output()), make([]int32, g.N*g.output())
		MaxPoolForward(pool, &scratch, g, x, y, argmax)
		MaxPoolBackward(pool, &scratch, g, y, argmax, result(len(x)))
		AveragePoolForward(pool, &scratch, g, x, result(len(y)))
		AveragePoolBackward(pool, &scratch, g, y, result(len(x)))
	}
	for _, size := range [][3]int{{1, 1, 1}, {32, 11, 9000}, {300, 70, 500}, {5, 900, 30}} {
		m, n, k := size[0], size[1], size[2]
		MatMul(pool, &scratch, m, n, k, values[float32](r, m*k), values[float32](r, k*n), result(m*n), r.IntN(2) == 0, r.IntN(2) == 0, false)
	}
	BiasGrad(pool, &scratch, 50000, 3, values[float32](r, 150000), result(3))
	return results
}
