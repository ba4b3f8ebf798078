package layers

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
)

// narrowNorm is rows of some size, and what flows through their normalisation.
type narrowNorm struct {
	l         *rowNorm[float32]
	x, y      []float32
	dy, dx    []float32
	gradients [2][]float32
}

func newNarrowNorm(size, rows int, weighted bool, shift float64) *narrowNorm {
	n := &narrowNorm{x: make([]float32, size*rows), y: make([]float32, size*rows), dy: make([]float32, size*rows), dx: make([]float32, size*rows)}
	wave(n.x, 3, 0.7)
	wave(n.dy, 2, 1.3)
	for i := range n.x {
		n.x[i] += 100 * float32(shift) // far from 0, beside how far they are from each other
	}
	var gamma, beta *nn.Param[float32]
	if weighted {
		param := func(pace float64) *nn.Param[float32] {
			p := &nn.Param[float32]{Value: make([]float32, size), Grad: make([]float32, size), Trainable: true}
			wave(p.Value, 1, pace)
			return p
		}
		gamma, beta = param(0.3), param(0.9)
		n.gradients = [2][]float32{gamma.Grad, beta.Grad}
	}
	n.l = newRowNorm(size, 1e-3, gamma, beta)
	n.l.shift = shift
	return n
}

func (n *narrowNorm) run(threads int) {
	pass := &nn.Pass[float32]{Training: true, Pool: nn.NewPool(threads)}
	defer pass.Pool.Close()
	for _, g := range n.gradients {
		clear(g)
	}
	n.l.forward(pass, 1, n.x, n.y)
	n.l.backward(pass, n.dy, n.dx)
}

// TestNarrowRows compares with plain loops in double precision, for rows that are and
// are not narrow, with and without weights and the mean; and threads with one.
func TestNarrowRows(t *testing.T) {
	for _, size := range []int{1, 2, 3, 7, 8, narrowRow, narrowRow + 1} {
		for _, weighted := range []bool{true, false} {
			for _, shift := range []float64{1, 0} {
				name := fmt.Sprintf("rows of %d, weighted %t, mean %g", size, weighted, shift)
				n := newNarrowNorm(size, 700, weighted, shift)
				n.run(1)
				n.compare(t, name)
				for _, threads := range []int{2, 3, 8} {
					again := newNarrowNorm(size, 700, weighted, shift)
					again.run(threads)
					if !slices.Equal(again.y, n.y) || !slices.Equal(again.dx, n.dx) || !slices.Equal(again.gradients[0], n.gradients[0]) || !slices.Equal(again.gradients[1], n.gradients[1]) {
						t.Errorf("%s: %d threads give other bits", name, threads)
					}
				}
			}
		}
	}
}

func (n *narrowNorm) compare(t *testing.T, name string) {
	t.Helper()
	size := n.l.size
	gamma, beta := make([]float64, size), make([]float64, size)
	for i := range size {
		if gamma[i] = 1; n.l.gamma != nil {
			gamma[i], beta[i] = float64(n.l.gamma.Value[i]), float64(n.l.beta.Value[i])
		}
	}
	var learnt [2][]float64
	learnt[0], learnt[1] = make([]float64, size), make([]float64, size)
	// Distances of about 1 lie in values of about 100: they are known to 2⁻²⁴ of those.
	near := func(what string, i int, got float32, want, scale float64) {
		t.Helper()
		if math.Abs(float64(got)-want) > 1e-4*scale {
			t.Fatalf("%s: %s %d is %g, want %g", name, what, i, got, want)
		}
	}
	for from := 0; from < len(n.x); from += size {
		mean, variance := 0.0, 0.0
		for _, v := range n.x[from : from+size] {
			mean += float64(v) / float64(size)
		}
		for _, v := range n.x[from : from+size] {
			variance += (float64(v) - mean) * (float64(v) - mean) / float64(size)
		}
		inverse, sum, along := 1/math.Sqrt(variance+1e-3), 0.0, 0.0
		u := make([]float64, size)
		for i := range size {
			u[i] = (float64(n.x[from+i]) - n.l.shift*mean) * inverse
			g := float64(n.dy[from+i])
			sum += g * gamma[i] / float64(size)
			along += g * gamma[i] * u[i] / float64(size)
			learnt[0][i] += g * u[i]
			learnt[1][i] += g
			near("value", from+i, n.y[from+i], u[i]*gamma[i]+beta[i], 1+math.Abs(u[i]))
		}
		for i := range size {
			want := inverse * (float64(n.dy[from+i])*gamma[i] - n.l.shift*sum - (float64(n.x[from+i])-mean)*inverse*along)
			near("slope", from+i, n.dx[from+i], want, inverse*(4+math.Abs(along)))
		}
	}
	for k, g := range n.gradients {
		for i, v := range g {
			near([]string{"gamma's gradient", "beta's gradient"}[k], i, v, learnt[k][i], 700)
		}
	}
}

// TestNarrowRowsTakeNoMemory once there is room for what they keep.
func TestNarrowRowsTakeNoMemory(t *testing.T) {
	n := newNarrowNorm(3, 700, true, 1)
	pass := &nn.Pass[float32]{Training: true, Pool: nn.NewPool(2)}
	defer pass.Pool.Close()
	step := func() {
		n.l.forward(pass, 1, n.x, n.y)
		n.l.backward(pass, n.dy, n.dx)
	}
	step()
	if taken := testing.AllocsPerRun(5, step); taken > 0 {
		t.Errorf("a step takes %g objects", taken)
	}
}
