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
