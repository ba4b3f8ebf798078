package layers

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// alone builds a layer by itself.
func alone[T tensor.Float](t *testing.T, unit nn.Unit, sizes ...int) *nn.Network[T] {
	t.Helper()
	graph, refusals := nn.Resolve(shape.New(sizes...), []nn.Item{{ID: "layer", Unit: unit}})
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	if net, ok := any(nn.Build(graph, 1)).(*nn.Network[T]); ok {
		return net
	}
	return any(nn.Build64(graph, 1)).(*nn.Network[T])
}

// standardized is what a normalisation must do to values that belong together,
// and to their slopes: by the definition, in double precision.
func standardized(x, gamma, beta, dy []float64, epsilon float64) (y, dx, dgamma []float64) {
	n := float64(len(x))
	var mean, variance float64
	for _, v := range x {
		mean += v / n
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / n
	}
	inverse := 1 / math.Sqrt(variance+epsilon)
	var sum, along float64
	for i, v := range x {
		unit := (v - mean) * inverse
		y = append(y, unit*gamma[i]+beta[i])
		dgamma = append(dgamma, dy[i]*unit)
		sum += dy[i] * gamma[i] / n
		along += dy[i] * gamma[i] * unit / n
	}
	for i, v := range x {
		dx = append(dx, inverse*(gamma[i]*dy[i]-sum-(v-mean)*inverse*along))
	}
	return y, dx, dgamma
}

// Rows of all lengths, in one piece or cut, are normalised by the definition.
func TestLayerNormIsItsDefinition(t *testing.T) {
	for _, c := range []struct{ batch, rows, size int }{
		{2, 3, 1}, {3, 2, 2}, {2, 5, 7}, {1, 9, 64}, {3, 400, 16}, {2, 1, stretch}, {1, 1, stretch + 1}, {2, 3, 2*stretch + 5},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			checkRows[float64](t, c.batch, c.rows, c.size, 1e-9)
			single := 2e-5
			if c.size == 2 { // two values cancel nearly everything of their slopes
				single = 1e-3
			}
			checkRows[float32](t, c.batch, c.rows, c.size, single)
		})
	}
}

func checkRows[T tensor.Float](t *testing.T, batch, rows, size int, tolerance float64) {
	t.Helper()
	net := alone[T](t, New(func(*LayerNorm) {}), rows, size)
	r := rand.New(rand.NewPCG(5, uint64(size)))
	wide := func(n int) (values []T, same []float64) {
		for range n {
			values = append(values, T(3+r.NormFloat64()))
			same = append(same, float64(values[len(values)-1]))
		}
		return values, same
	}
	x, x64 := wide(batch * rows * size)
	dy, dy64 := wide(batch * rows * size)
	var gamma, beta []float64
	for i, p := range net.Params() {
		var numbers []float64
		p.Value, numbers = wide(size)
		if i == 0 {
			gamma = numbers
		} else {
			beta = numbers
		}
	}
	pass := &nn.Pass[T]{Training: true, InputGrad: true, Pool: nn.NewPool(2)}
	defer pass.Pool.Close()
	y := net.Forward(pass, tensor.From(x, batch, rows, size), 1)
	dx := net.Backward(pass, tensor.From(dy, batch, rows, size), 1)
	var wantY, wantDX []float64
	wantGamma, wantBeta := make([]float64, size), make([]float64, size)
	for at := 0; at < len(x); at += size {
		rowY, rowDX, dgamma := standardized(x64[at:at+size], gamma, beta, dy64[at:at+size], 1e-3)
		wantY, wantDX = append(wantY, rowY...), append(wantDX, rowDX...)
		for i, v := range dgamma {
			wantGamma[i] += v
			wantBeta[i] += dy64[at+i]
		}
	}
	near(t, "y", y.Data, wantY, tolerance)
	if size > 1 { // the slope of a row of one value is 0
		near(t, "dx", dx.Data, wantDX, tolerance)
		near(t, "dgamma", net.Params()[0].Grad, wantGamma, tolerance)
	}
	near(t, "dbeta", net.Params()[1].Grad, wantBeta, tolerance)
}

// The order in which axes are named does not matter.
func TestLayerNormTakesAxesInAnyOrder(t *testing.T) {
	x := tensor.New[float32](2, 3, 4)
	wave(x.Data, 1, 0.3)
	a := alone[float32](t, New(func(n *LayerNorm) { n.Axis = Axes{-2, -1} }), 3, 4).Forward(&nn.Pass[float32]{}, x, 1)
	b := alone[float32](t, New(func(n *LayerNorm) { n.Axis = Axes{2, 1} }), 3, 4).Forward(&nn.Pass[float32]{}, x, 1)
	for i, v := range a.Data {
		if v != b.Data[i] {
			t.Fatalf("element %d is %g and %g", i, v, b.Data[i])
		}
	}
}

func TestLayerNormRefuses(t *testing.T) {
	axis := []string{"axis"}
	along := func(axes ...int) *LayerNorm { return New(func(n *LayerNorm) { n.Axis = axes }) }
	const all = "the axes of [N, 4, 4, 4, 2] are 0 to 4, or -1 to -5 from the end"
	for _, r := range []refusal{
		{"the batch", along(0), single(4, 4, 4, 2), shape.Setting, axis, -1, all, "use axis: -1, the last one"},
		{"no such axis", along(1, 5), single(4, 4, 4, 2), shape.Setting, axis, -1, all, "use axis: -1, the last one"},
		{"an axis twice", along(4, -1), single(4, 4, 4, 2), shape.Setting, axis, -1, "[N, 4, 4, 4, 2] has 4 axes beside the batch", "name each axis once"},
		{"no axis", along(), single(4, 4, 4, 2), shape.Setting, axis, -1, "axis has 0 entries", "use axis: -1"},
	} {
		r.check(t)
	}
}
