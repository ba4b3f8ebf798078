package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// pairedConv draws a convolution, and pooling behind it, that is worked in pairs where
// there is a kernel for that.
func pairedConv(r *rand.Rand) (*Conv, *Tail) {
	g := new(Conv)
	for !g.Pools() || g.OD < 2 || g.OH < 2 || g.OW < 2 {
		*g = drawnPairs(r)
	}
	return g, &Tail{Relu: r.IntN(2) == 0, Pooling: Pooling{
		N: g.N, D: g.OD, H: g.OH, W: g.OW, C: g.K, OD: g.OD / 2, OH: g.OH / 2, OW: g.OW / 2,
		KD: 2, KH: 2, KW: 2, SD: 2, SH: 2, SW: 2,
	}}
}

func drawnPairs(r *rand.Rand) Conv {
	g := Conv{
		N: 1 + r.IntN(2), D: 4 + r.IntN(4), H: 4 + r.IntN(4), W: 4 + r.IntN(20), C: 1 + r.IntN(3), K: []int{1, 15, 16, 17, 32, 33, 50}[r.IntN(7)],
		KD: 1 + r.IntN(3), KH: 1 + r.IntN(3), KW: 3, SD: 1 + r.IntN(2), SH: 1 + r.IntN(2), SW: 1, ED: 1, EH: 1, EW: 1, Groups: 1,
	}
	g.PD, g.PH, g.PW = r.IntN(g.KD), r.IntN(g.KH), r.IntN(2)
	g.OD, g.OH, g.OW = (g.D+2*g.PD-g.KD)/g.SD+1, (g.H+2*g.PH-g.KH)/g.SH+1, g.W+2*g.PW-2
	return g
}

// Pairs give what plain loops in double precision give, whatever the kernel's other
// sizes, strides and padding, and wherever channels end in a vector.
func TestPairs(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(15, 1))
		pool := NewPool(2)
		defer pool.Close()
		s := new(Scratch[float32])
		paired := 0
		for range 150 {
			g, tail := pairedConv(r)
			nx, nw, ny := g.sizes()
			x, w, bias := values[float32](r, nx), values[float32](r, nw), values[float32](r, g.K)
			z := make([]float64, ny)
			oracleForward(g, widen(x), widen(w), widen(bias), z)
			ones, zeros := make([]float64, g.K), make([]float64, g.K)
			for i := range ones {
				ones[i] = 1
			}
			want, _ := tail.apart(&Norm[float64]{Center: zeros, Factor: ones, Offset: zeros}, z)
			y, codes := make([]float32, len(want)), make([]uint8, tail.Codes())
			ConvPool(pool, s, g, tail, x, w, bias, y, codes)
			if s.convPool.paired.weights != nil {
				paired++
			}
			about := fmt.Sprintf("%+v, %+v: ", *g, *tail)
			near(t, about+"outputs", 2*nw/g.K, y, want)
			for o, value := range y {
				c, window := o%g.K, o/g.K
				named := z[tail.corner(window, int(codes[window*CodeStride(g.K)+c]))*g.K+c]
				if tail.Relu {
					named = max(0, named)
				}
				// Of two that are as large but for rounding, either may be named.
				if math.Abs(named-float64(value)) > 1e-4 {
					t.Fatalf("%soutput %d is %v, but its code names one of %v", about, o, value, named)
				}
			}
		}
		if least := 75; paired < least && len(passesOf[float32]().pairedPeaks) > 0 {
			t.Errorf("%d of 150 were worked in pairs, fewer than %d", paired, least)
		}
	})
}

// corner is the position, in the pooling's input, of an element of a window.
func (t *Tail) corner(window, code int) int {
	ow, rest := window%t.OW, window/t.OW
	oh, rest := rest%t.OH, rest/t.OH
	od, n := rest%t.OD, rest/t.OD
	return ((n*t.D+od*2+code/4)*t.H+oh*2+code/2%2)*t.W + ow*2 + code%2
}

// Where neighbours of the input are equal, so are the outputs, to the bit, and the
// first of them counts.
func TestPairsOfEqualOutputs(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(15, 2))
		for range 20 {
			g, tail := pairedConv(r)
			g.PD, g.PH, g.PW = 0, 0, 0
			g.OD, g.OH, g.OW = (g.D-g.KD)/g.SD+1, (g.H-g.KH)/g.SH+1, g.W-2
			tail.D, tail.H, tail.W, tail.OD, tail.OH, tail.OW = g.OD, g.OH, g.OW, g.OD/2, g.OH/2, g.OW/2
			nx, nw, _ := g.sizes()
			x := make([]float32, nx)
			for i := range x {
				x[i] = 0.3 * float32(1+i%g.C)
			}
			y, codes := make([]float32, tail.N*tail.output()), make([]uint8, tail.Codes())
			ConvPool(nil, new(Scratch[float32]), g, tail, x, values[float32](r, nw), values[float32](r, g.K), y, codes)
			for o := range y {
				if code := codes[o/g.K*CodeStride(g.K)+o%g.K]; code != 0 {
					t.Fatalf("%+v: of equal outputs number %d was taken, not the first", *g, code)
				}
			}
		}
	})
}

// A NaN comes into the outputs that read it and no others, and is larger than any
// number.
func TestPairsNaN(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(15, 3))
		for range 40 {
			g, tail := pairedConv(r)
			tail.Relu = false
			nx, nw, ny := g.sizes()
			x, w := values[float32](r, nx), values[float32](r, nw)
			x[r.IntN(nx)] = float32(math.NaN())
			z := make([]float64, ny)
			oracleForward(g, widen(x), widen(w), nil, z)
			ones, zeros := make([]float64, g.K), make([]float64, g.K)
			for i := range ones {
				ones[i] = 1
			}
			want, places := tail.apart(&Norm[float64]{Center: zeros, Factor: ones, Offset: zeros}, z)
			y, codes := make([]float32, len(want)), make([]uint8, tail.Codes())
			ConvPool(nil, new(Scratch[float32]), g, tail, x, w, nil, y, codes)
			for o, v := range want {
				if math.IsNaN(v) != math.IsNaN(float64(y[o])) {
					t.Fatalf("%+v: output %d is %v, want %v", *g, o, y[o], v)
				}
				code := int(codes[o/g.K*CodeStride(g.K)+o%g.K])
				if at := tail.corner(o/g.K, code)*g.K + o%g.K; math.IsNaN(v) && at != places[o] {
					t.Fatalf("%+v: output %d is NaN by element %d, want the first, %d", *g, o, at, places[o])
				}
			}
		}
	})
}
