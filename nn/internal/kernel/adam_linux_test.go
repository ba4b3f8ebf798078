package kernel

import (
	"math/rand/v2"
	"testing"
)

// TestAdamGuards takes steps with every array beside forbidden memory.
func TestAdamGuards(t *testing.T) {
	r := rand.New(rand.NewPCG(43, 44))
	for _, atEnd := range []bool{true, false} {
		withEngines(t, func(t *testing.T) {
			for _, n := range []int{1, 7, 8, 9, 15, 16, 17, 33, 1024} {
				fresh := func() []float32 { return guarded(t, atEnd, values[float32](r, n)) }
				(&AdamStep[float32]{fresh(), fresh(), fresh(), fresh(), 0.01, 0.1, 0.001, 1e-7}).Take()
			}
		})
	}
}
