package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// A step has the bits of a plain loop, for whole vectors only, and touches no other
// weight.
func TestAdamStep(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(41, 42))
		for _, n := range []int{0, 1, 15, 16, 17, 31, 64, 1000} {
			w, m, v, g := values[float32](r, n), values[float32](r, n), values[float32](r, n), values[float32](r, n)
			for i := range v {
				v[i] *= v[i]
			}
			a := AdamStep{Alpha: 1e-3, Rest1: 0.1, Rest2: 1e-3, Epsilon: 1e-7, G: g}
			a.W, a.M, a.V = append([]float32(nil), w...), append([]float32(nil), m...), append([]float32(nil), v...)
			begun := a.Begin()
			if begun > n || begun%adamAlign != 0 || begun > 0 && n-begun >= adamAlign {
				t.Fatalf("%d of %d weights are begun with", begun, n)
			}
			for i := range begun {
				m[i] += float32((g[i] - m[i]) * a.Rest1)
				v[i] += float32((float32(g[i]*g[i]) - v[i]) * a.Rest2)
				w[i] -= float32(a.Alpha*m[i]) / (float32(math.Sqrt(float64(v[i]))) + a.Epsilon)
			}
			for i := range n {
				if a.W[i] != w[i] || a.M[i] != m[i] || a.V[i] != v[i] {
					t.Errorf("weight %d of %d is %v, its means %v and %v, a plain loop makes %v, %v and %v",
						i, n, a.W[i], a.M[i], a.V[i], w[i], m[i], v[i])
				}
			}
		}
	})
}

// What is not finite stays so.
func TestAdamStepOfNaN(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		nan, infinite := float32(math.NaN()), float32(math.Inf(1))
		a := AdamStep{W: make([]float32, 16), M: make([]float32, 16), V: make([]float32, 16), G: make([]float32, 16), Epsilon: 1e-7, Alpha: 1, Rest1: 1, Rest2: 1}
		a.G[3], a.G[5] = nan, infinite
		if a.Begin() == 0 {
			return // no assembly
		}
		for i, w := range a.W {
			if bad := w != w; bad != (i == 3 || i == 5) {
				t.Errorf("weight %d is %v", i, w)
			}
		}
	})
}
