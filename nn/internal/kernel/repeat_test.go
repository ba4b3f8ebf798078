package kernel

import (
	"math/rand/v2"
	"testing"
)

// Repeating goes through the windows forwards, their sums backwards.
func TestRepeat(t *testing.T) {
	withEngines(t, func(t *testing.T) { testRepeat[float32](t) })
	t.Run("float64", func(t *testing.T) { testRepeat[float64](t) })
}

func testRepeat[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	pool := NewPool(2)
	defer pool.Close()
	for range 60 {
		size := func(most int) int { return 1 + r.IntN(most) }
		g := &Pooling{N: size(3), OD: size(4), OH: size(4), OW: size(5), C: []int{1, 2, 15, 16, 33}[r.IntN(5)], KD: size(3), KH: size(3), KW: size(4)}
		g.SD, g.SH, g.SW, g.D, g.H, g.W = g.KD, g.KH, g.KW, g.OD*g.KD, g.OH*g.KH, g.OW*g.KW
		small, large := values[T](r, g.N*g.output()), values[T](r, g.N*g.input())
		repeated, sums := make([]T, len(large)), make([]T, len(small))
		Repeat(pool, new(Scratch[T]), g, small, repeated)
		SumPool(pool, new(Scratch[T]), g, large, sums)
		want := make([]float64, len(sums))
		oraclePool(g, func(o int, window []int) {
			for _, at := range window {
				if repeated[at] != small[o] {
					t.Fatalf("%+v: element %d is %v, want %v", *g, at, repeated[at], small[o])
				}
				want[o] += float64(large[at])
			}
		})
		near(t, "sums", g.KD*g.KH*g.KW, sums, want)
	}
}
