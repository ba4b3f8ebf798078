package kernel

import (
	"math/rand/v2"
	"testing"
)

// TestTurnGuards transposes with both arrays beside forbidden memory.
func TestTurnGuards(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	for _, atEnd := range []bool{true, false} {
		withEngines(t, func(t *testing.T) {
			for range 60 {
				rows, cols := 1+r.IntN(40), 1+r.IntN(40)
				from, to := values[float32](r, rows*cols), make([]float32, rows*cols)
				single.turn(&turn[float32]{
					from: guarded(t, atEnd, from), to: guarded(t, atEnd, to),
					fromStep: cols, toStep: rows, rows: rows, cols: cols,
				})
			}
		})
	}
}
