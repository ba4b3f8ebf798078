package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestAdam holds a step to loops in double precision, and all engines to the bits
// of the plain one, what is not finite included.
func TestAdam(t *testing.T) {
	const rate, rest1, rest2, epsilon = 0.01, 0.1, 0.001, 1e-7
	for _, n := range []int{0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100, 1025} {
		r := rand.New(rand.NewPCG(41, uint64(n)))
		value, grad, mean, square := values[float32](r, n), values[float32](r, n), values[float32](r, n), values[float32](r, n)
		for i, v := range square {
			square[i] = float32(math.Abs(float64(v)))
		}
		step := func() (w, m, v []float32) {
			w, m, v = slices.Clone(value), slices.Clone(mean), slices.Clone(square)
			(&AdamStep[float32]{w, grad, m, v, rate, rest1, rest2, epsilon}).Take()
			return w, m, v
		}
		wantMean, wantSquare, wantValue := make([]float64, n), make([]float64, n), make([]float64, n)
		for i, g := range widen(grad) {
			wantMean[i] = float64(mean[i]) + (g-float64(mean[i]))*rest1
			wantSquare[i] = float64(square[i]) + (g*g-float64(square[i]))*rest2
			wantValue[i] = float64(value[i]) - rate*wantMean[i]/(math.Sqrt(wantSquare[i])+epsilon)
		}
		w, m, v := step()
		near(t, "mean", 4, m, wantMean)
		near(t, "square", 4, v, wantSquare)
		near(t, "value", 16, w, wantValue)
		for i, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 0} {
			if n > 8 {
				grad[2*i] = bad
			}
		}
		var first [3][]float32
		withEngines(t, func(t *testing.T) {
			w, m, v := step()
			if first[0] == nil {
				first = [3][]float32{w, m, v}
			}
			for k, got := range [3][]float32{w, m, v} {
				for i, x := range got {
					if other := first[k][i]; math.Float32bits(x) != math.Float32bits(other) && (x == x || other == other) {
						t.Errorf("array %d[%d] of %d is %v, with the first engine %v", k, i, n, x, other)
					}
				}
			}
		})
	}
}

func BenchmarkAdam(b *testing.B) {
	const n = 1 << 15
	w, g, m, v := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
	step := &AdamStep[float32]{w, g, m, v, 0.01, 0.1, 0.001, 1e-7}
	b.ReportAllocs()
	b.SetBytes(28 * n)
	for b.Loop() {
		step.Take()
	}
}
