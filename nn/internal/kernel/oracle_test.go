package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The oracles: the definitions as loops, in double precision.

// oracleConv visits every product of a convolution: the places in x, w and y.
func oracleConv(g *Conv, visit func(x, w, y int)) {
	cg, kg := g.C/g.Groups, g.K/g.Groups
	for o := range g.N * g.OD * g.OH * g.OW {
		n, od, oh, ow := o/g.OW/g.OH/g.OD, o/g.OW/g.OH%g.OD, o/g.OW%g.OH, o%g.OW
		for tap := range g.KD * g.KH * g.KW {
			kd, kh, kw := tap/g.KW/g.KH, tap/g.KW%g.KH, tap%g.KW
			d, h, w := od*g.SD+kd*g.ED-g.PD, oh*g.SH+kh*g.EH-g.PH, ow*g.SW+kw*g.EW-g.PW
			if d < 0 || d >= g.D || h < 0 || h >= g.H || w < 0 || w >= g.W {
				continue
			}
			at := (((n*g.D+d)*g.H+h)*g.W + w) * g.C
			for c := range cg {
				for k := range g.K {
					visit(at+k/kg*cg+c, (tap*cg+c)*g.K+k, o*g.K+k)
				}
			}
		}
	}
}

func (g *Conv) sizes() (x, w, y int) {
	return g.N * g.D * g.H * g.W * g.C, g.KD * g.KH * g.KW * g.C / g.Groups * g.K, g.N * g.OD * g.OH * g.OW * g.K
}

func oracleForward(g *Conv, x, w, bias, y []float64) {
	for i := range y {
		y[i] = 0
		if bias != nil {
			y[i] = bias[i%g.K]
		}
	}
	oracleConv(g, func(ix, iw, iy int) { y[iy] += x[ix] * w[iw] })
}

func oracleInputGrad(g *Conv, dy, w, dx []float64) {
	clear(dx)
	oracleConv(g, func(ix, iw, iy int) { dx[ix] += dy[iy] * w[iw] })
}

func oracleWeightGrad(g *Conv, x, dy, dw []float64) {
	oracleConv(g, func(ix, iw, iy int) { dw[iw] += x[ix] * dy[iy] })
}

// randomConv draws a geometry: sizes of 1, primes, kernels longer than their
// axis, strides, dilation, groups, and padding as "same", "valid" or at random.
func randomConv(r *rand.Rand) *Conv {
	pick := func(of ...int) int { return of[r.IntN(len(of))] }
	g := &Conv{N: pick(1, 1, 2, 3, 9), Groups: pick(1, 1, 1, 2, 3)}
	g.C, g.K = g.Groups*pick(1, 1, 2, 3, 5, 8, 16, 17), g.Groups*pick(1, 2, 3, 7, 8, 11, 16, 17, 32, 33, 40)
	if r.IntN(8) == 0 { // depthwise
		g.Groups = pick(2, 8, 16, 19, 40)
		g.C, g.K = g.Groups, g.Groups
	}
	pointwise := r.IntN(10) == 0
	axis := func(size int) (length, kernel, stride, dilation, padding, out int) {
		if pointwise {
			length = 1 + r.IntN(size)
			return length, 1, 1, 1, 0, length
		}
		for {
			length, kernel, stride, dilation = 1+r.IntN(size), pick(1, 2, 3, 3, 3, 4, 5), pick(1, 1, 1, 2, 3), 1
			if stride == 1 || r.IntN(4) == 0 {
				dilation = pick(1, 1, 1, 2, 3)
			}
			reach := (kernel-1)*dilation + 1
			total := 0
			switch r.IntN(3) {
			case 0: // same
				total = max((pieces(length, stride)-1)*stride+reach-length, 0)
				padding = total / 2
			case 1: // any
				padding = r.IntN(reach + 1)
				total = padding + r.IntN(reach+1)
			default:
				padding = 0
			}
			if out = (length+total-reach)/stride + 1; length+total >= reach {
				return
			}
		}
	}
	g.D, g.KD, g.SD, g.ED, g.PD, g.OD = axis(7)
	g.H, g.KH, g.SH, g.EH, g.PH, g.OH = axis(7)
	g.W, g.KW, g.SW, g.EW, g.PW, g.OW = axis(33)
	return g
}

func values[T Float](r *rand.Rand, n int) []T {
	v := make([]T, n)
	for i := range v {
		v[i] = T(r.Float64()*2 - 1)
	}
	return v
}

func widen[T Float](v []T) []float64 {
	if v == nil {
		return nil
	}
	wide := make([]float64, len(v))
	for i := range v {
		wide[i] = float64(v[i])
	}
	return wide
}

// near holds results to the oracle's. Each is a sum of so many products of
// numbers up to 1: the partial sums grow like the root of their number, the
// rounding errors of unit u add up like the root again, so u × number bounds the
// error but for bad luck; the 16 allows for that in short sums.
func near[T Float](t *testing.T, what string, number int, got []T, want []float64) {
	t.Helper()
	tolerance := math.Ldexp(float64(number+16), -24)
	if _, ok := any(got).([]float64); ok {
		tolerance = math.Ldexp(float64(number+16), -53)
	}
	for i, v := range got {
		if e := math.Abs(float64(v) - want[i]); !(e <= tolerance) && !(math.IsNaN(float64(v)) && math.IsNaN(want[i])) {
			t.Fatalf("%s[%d] of %d is %v, want %v", what, i, len(got), v, want[i])
		}
	}
}

// withEngines runs a test of float32 with every engine that this machine has.
func withEngines(t *testing.T, test func(t *testing.T)) {
	chosen := single
	defer func() { single = chosen }()
	for _, e := range engines() {
		single = e
		t.Run(e.name, test)
	}
}
