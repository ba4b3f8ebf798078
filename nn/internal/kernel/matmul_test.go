package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func oracleMatMul(m, n, k int, a, b, c []float64, transA, transB, add bool) {
	for i := range m {
		for j := range n {
			sum := 0.0
			for l := range k {
				ia, ib := i*k+l, l*n+j
				if transA {
					ia = l*m + i
				}
				if transB {
					ib = j*k + l
				}
				sum += a[ia] * b[ib]
			}
			if add {
				sum += c[i*n+j]
			}
			c[i*n+j] = sum
		}
	}
}

func TestMatMul(t *testing.T) {
	withEngines(t, func(t *testing.T) { testMatMul[float32](t) })
	t.Run("float64", func(t *testing.T) { testMatMul[float64](t) })
}

func testMatMul[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	pool := NewPool(2)
	defer pool.Close()
	var scratch Scratch[T]
	sizes := []int{1, 2, 3, 5, 7, 8, 11, 13, 14, 15, 16, 17, 29, 31, 32, 33, 64, 97, 131, 257}
	draw := func() int { return sizes[r.IntN(len(sizes))] }
	check := func(m, n, k int, transA, transB, add bool) {
		a, b, c := values[T](r, m*k), values[T](r, k*n), values[T](r, m*n)
		want := widen(c)
		oracleMatMul(m, n, k, widen(a), widen(b), want, transA, transB, add)
		MatMul(pool, &scratch, m, n, k, a, b, c, transA, transB, add)
		near(t, fmt.Sprintf("c of %d x %d x %d, %v %v %v:", m, n, k, transA, transB, add), k, c, want)
	}
	for range 80 {
		check(draw(), draw(), draw(), r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(2) == 0)
	}
	for _, trans := range []bool{false, true} {
		check(32, 2, 9001, trans, !trans, trans) // long sums are cut up
		check(3, 40, 5000, trans, trans, false)
		check(4097, 3, 5, trans, trans, false)
		check(5, 4097, 3, trans, trans, true)
		check(130, 140, 800, trans, !trans, false) // several blocks of the depth
		check(3, 4, 0, trans, trans, false)
		check(3, 4, 0, trans, trans, true)
	}
}

func BenchmarkMatMul(b *testing.B) {
	for _, size := range [][3]int{{1024, 1024, 1024}, {512, 512, 512}, {32, 11, 10976}, {32, 2, 30752 * 4}, {32, 512, 4096}, {30752 * 4, 2, 32}, {32, 30752 * 4, 2}, {2048, 128, 128}} {
		m, n, k := size[0], size[1], size[2]
		r := rand.New(rand.NewPCG(1, 2))
		x, y, z := values[float32](r, m*k), values[float32](r, k*n), make([]float32, m*n)
		var scratch Scratch[float32]
		for _, threads := range []int{1, 2} {
			pool := NewPool(threads)
			for _, trans := range [][2]bool{{false, false}, {true, false}, {false, true}} {
				b.Run(fmt.Sprintf("%dx%dx%d/%v/%d", m, n, k, trans, threads), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						MatMul(pool, &scratch, m, n, k, x, y, z, trans[0], trans[1], false)
					}
					b.ReportMetric(2*float64(m*n*k)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
				})
			}
			pool.Close()
		}
	}
}
