package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestTurn holds the transposition to its definition for all sizes around those
// of a block; nothing else is written.
func TestTurn(t *testing.T) {
	withEngines(t, func(t *testing.T) { testTurn(t, single) })
	t.Run("float64", func(t *testing.T) { testTurn(t, double) })
}

func testTurn[T Float](t *testing.T, e *engine[T]) {
	r := rand.New(rand.NewPCG(15, 16))
	sizes := []int{0, 1, 2, 3, 5, 7, 8, 9, 13, 15, 16, 17, 24, 31, 32, 33, 48}
	for _, rows := range sizes {
		for _, cols := range sizes {
			q := &turn[T]{rows: rows, cols: cols, fromStep: cols + r.IntN(3), toStep: rows + r.IntN(3)}
			q.from, q.to = values[T](r, rows*q.fromStep), values[T](r, cols*q.toStep)
			want := slices.Clone(q.to)
			for i := range rows {
				for j := range cols {
					want[j*q.toStep+i] = q.from[i*q.fromStep+j]
				}
			}
			e.turn(q)
			if !slices.Equal(q.to, want) {
				t.Fatalf("%d x %d: %v, want %v", rows, cols, q.to, want)
			}
		}
	}
}

func BenchmarkTurn(b *testing.B) {
	for _, e := range engines() {
		for _, size := range [][2]int{{32, 256}, {1024, 1024}} {
			rows, cols := size[0], size[1]
			q := &turn[float32]{rows: rows, cols: cols, fromStep: cols, toStep: rows, from: make([]float32, rows*cols), to: make([]float32, rows*cols)}
			b.Run(fmt.Sprintf("%s/%dx%d", e.name, rows, cols), func(b *testing.B) {
				b.SetBytes(int64(8 * rows * cols))
				for b.Loop() {
					e.turn(q)
				}
			})
		}
	}
}
