package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// Products with few columns and many features give what plain loops in double
// precision give, wherever the features end in a vector.
func TestNarrowMatMul(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(16, 1))
		pool := NewPool(2)
		defer pool.Close()
		var s Scratch[float32]
		for n := 1; n <= mostNarrow+1; n++ {
			for range 6 {
				features, examples := fewestFeatures+r.IntN(3*fewestFeatures), 1+r.IntN(40)
				for _, transA := range []bool{false, true} {
					m, k, transB, add := examples, features, r.IntN(2) == 0, r.IntN(2) == 0
					if transA {
						m, k, transB = features, examples, false
					}
					a, b, c := values[float32](r, m*k), values[float32](r, k*n), values[float32](r, m*n)
					want := widen(c)
					oracleMatMul(m, n, k, widen(a), widen(b), want, transA, transB, add)
					MatMul(pool, &s, m, n, k, a, b, c, transA, transB, add)
					near(t, fmt.Sprintf("c of %d x %d x %d, %v %v %v:", m, n, k, transA, transB, add), k, c, want)
				}
			}
		}
	})
}

// An example's result has the same bits in a batch of any size, and with any number
// of threads.
func TestNarrowMatMulOfOneExample(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(16, 2))
		const m, n, k = 7, 3, 9 * fewestFeatures
		a, b := values[float32](r, m*k), values[float32](r, k*n)
		whole, one := make([]float32, m*n), make([]float32, n)
		for threads := 1; threads <= 3; threads++ {
			pool := NewPool(threads)
			var s Scratch[float32]
			MatMul(pool, &s, m, n, k, a, b, whole, false, false, false)
			for i := range m {
				MatMul(nil, &s, 1, n, k, a[i*k:][:k], b, one, false, false, false)
				for j, v := range one {
					if whole[i*n+j] != v {
						t.Errorf("example %d, column %d is %v by itself, and %v among %d with %d threads", i, j, v, whole[i*n+j], m, threads)
					}
				}
			}
			pool.Close()
		}
	})
}
