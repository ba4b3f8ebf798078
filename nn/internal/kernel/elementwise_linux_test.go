package kernel

import (
	"math/rand/v2"
	"testing"
)

// TestFunctionGuards runs all functions with every array beside forbidden memory.
func TestFunctionGuards(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for _, atEnd := range []bool{true, false} {
		withEngines(t, func(t *testing.T) {
			for _, n := range []int{0, 1, 7, 8, 15, 16, 17, 33, 1024, 1031} {
				fresh := func() []float32 { return guarded(t, atEnd, values[float32](r, n)) }
				x, y, dy, dx := fresh(), fresh(), fresh(), fresh()
				for _, c := range functionCases() {
					c.function.Value(x, y)
					if c.slope != nil {
						c.function.Slope(x, y, dy, dx)
					}
				}
			}
		})
	}
}

// TestContestGuards runs softmax, and its kernel by itself, with every array
// beside forbidden memory.
func TestContestGuards(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	for _, atEnd := range []bool{true, false} {
		withEngines(t, func(t *testing.T) {
			for _, size := range []int{1, 2, 3, 7, 64, 65} {
				for _, count := range []int{16, 32, 48} {
					c := contest{
						planes:  guarded(t, atEnd, values[float32](r, size*count)),
						highest: guarded(t, atEnd, values[float32](r, count)), logs: guarded(t, atEnd, values[float32](r, count)),
						size: size, count: count,
					}
					c.run()
				}
				for _, n := range []int{1, 15, 16, 17, 300} {
					x := guarded(t, atEnd, values[float32](r, size*n))
					y := guarded(t, atEnd, values[float32](r, size*n))
					logs := guarded(t, atEnd, values[float64](r, n))
					Softmax(x, y, size, 1, logs)
					Softmax(x, y, size, n, logs)
				}
			}
		})
	}
}

// TestAdamGuards takes steps with every array beside forbidden memory.
func TestAdamGuards(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	for _, atEnd := range []bool{true, false} {
		withEngines(t, func(t *testing.T) {
			for _, n := range []int{1, 16, 17, 1024, 1031} {
				fresh := func() []float32 { return guarded(t, atEnd, values[float32](r, n)) }
				a := AdamStep{W: fresh(), M: fresh(), V: fresh(), G: fresh(), Epsilon: 1}
				a.Begin()
			}
		})
	}
}
