package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestBiasGrad(t *testing.T) {
	withEngines(t, func(t *testing.T) { testBiasGrad[float32](t) })
	t.Run("float64", func(t *testing.T) { testBiasGrad[float64](t) })
}

func testBiasGrad[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	pool := NewPool(2)
	defer pool.Close()
	for _, rows := range []int{0, 1, 2, 31, 4096, 4097, 9001} {
		for _, cols := range []int{1, 2, 7, 16, 31, 32, 33, 65} {
			dy, db := values[T](r, rows*cols), values[T](r, cols)
			want := widen(db)
			for i, v := range dy {
				want[i%cols] += float64(v)
			}
			BiasGrad(pool, new(Scratch[T]), rows, cols, dy, db)
			near(t, fmt.Sprintf("the sum of %d x %d", rows, cols), rows, db, want)
		}
	}
}
