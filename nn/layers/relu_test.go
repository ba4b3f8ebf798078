package layers

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/voxelpipe/pipe/nn/internal/kernel"
)

// The fast kernel gives what the plain function gives, for every pattern of bits.
func TestReLUKernel(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	x := []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1)), math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32, math.MaxFloat32, float32(math.NaN()), -float32(math.NaN())}
	for range 10000 {
		x = append(x, math.Float32frombits(random.Uint32()))
	}
	y, dy, dx := make([]float32, len(x)), make([]float32, len(x)), make([]float32, len(x))
	for i := range dy {
		dy[i] = float32(i) + 1
	}
	relu := newCurve(kernel.ReLU())
	relu.value(x, y)
	relu.slope(x, y, dy, dx)
	for i, v := range x {
		if want := max(v, 0); y[i] != want && v == v || v != v && y[i] == y[i] {
			t.Fatalf("relu(%g) is %g, want %g", v, y[i], want)
		}
		if math.Signbit(float64(y[i])) && v == v {
			t.Fatalf("relu(%g) is %g", v, y[i])
		}
		if want := dy[i]; v > 0 && dx[i] != want || v <= 0 && dx[i] != 0 {
			t.Fatalf("the gradient at %g is %g of %g", v, dx[i], dy[i])
		}
	}
}

// TestReLUOfInfinities: what is infinitely far below is 0 where nothing leaks, and NaN
// stays one.
func TestReLUOfInfinities(t *testing.T) {
	limit := 6.0
	for _, r := range []*ReLU{{MaxValue: &limit}, {Threshold: 1}, {MaxValue: &limit, Threshold: 1}} {
		x := []float32{float32(math.Inf(-1)), float32(math.Inf(1)), float32(math.NaN())}
		y := make([]float32, 3)
		newBentReLU[float32](r).(*curve[float32]).value(x, y)
		above := float32(math.Inf(1))
		if r.MaxValue != nil {
			above = 6
		}
		if y[0] != 0 || y[1] != above || y[2] == y[2] {
			t.Errorf("%+v gives %v", *r, y)
		}
	}
}
