package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// A convolution whose output is not stored has the moments and peaks that plain loops in
// double precision find, whether its windows are measured or looked at.
func TestConvPeaks(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(20, 1))
		pool := NewPool(2)
		defer pool.Close()
		s := new(Scratch[float32])
		looked, measured := 0, 0
		for range 150 {
			g, tail := pairedConv(r)
			if r.IntN(2) == 0 {
				g, tail = evenWindows(g, tail)
			}
			if !Again[float32](g, tail) {
				continue
			}
			checkPeaks(t, pool, s, r, g, tail, 0)
			if s.convPeaks.measures {
				measured++
			} else {
				looked++
			}
		}
		if least := 25; (looked < least || measured < least) && len(passesOf[float32]().peaks) > 0 {
			t.Errorf("%d were looked at and %d measured, fewer than %d", looked, measured, least)
		}
	})
}

// evenWindows makes the output of a convolution even along all axes.
func evenWindows(g *Conv, tail *Tail) (*Conv, *Tail) {
	g.SD, g.SH = 1, 1
	g.OD, g.OH, g.OW = g.D+2*g.PD-g.KD+1, g.H+2*g.PH-g.KH+1, g.W+2*g.PW-g.KW+1
	g.D, g.H, g.W = g.D+g.OD%2, g.H+g.OH%2, g.W+g.OW%2
	g.OD, g.OH, g.OW = g.OD+g.OD%2, g.OH+g.OH%2, g.OW+g.OW%2
	tail.D, tail.H, tail.W, tail.OD, tail.OH, tail.OW = g.OD, g.OH, g.OW, g.OD/2, g.OH/2, g.OW/2
	return g, tail
}

// Rows of more windows than are summed in single precision, and a mean far from 0, cost
// no precision.
func TestConvPeaksOfLongRows(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		g := &Conv{
			N: 1, D: 4, H: 4, W: 2 * (2*shortSum + 5), C: 1, K: 17, OD: 4, OH: 4, OW: 2 * (2*shortSum + 5),
			KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, PD: 1, PH: 1, PW: 1, Groups: 1,
		}
		_, tail := evenWindows(g, &Tail{Pooling: Pooling{N: 1, C: g.K, KD: 2, KH: 2, KW: 2, SD: 2, SH: 2, SW: 2}})
		if Again[float32](g, tail) {
			checkPeaks(t, nil, new(Scratch[float32]), rand.New(rand.NewPCG(20, 2)), g, tail, 100)
		}
	})
}

// checkPeaks holds moments, peaks and codes of a convolution with biases around bias to
// plain loops.
func checkPeaks(t *testing.T, pool *Pool, s *Scratch[float32], r *rand.Rand, g *Conv, tail *Tail, around float32) {
	t.Helper()
	nx, nw, ny := g.sizes()
	x, w, bias := values[float32](r, nx), values[float32](r, nw), values[float32](r, g.K)
	upright := Norm[float32]{Center: make([]float32, g.K), Factor: make([]float32, g.K), Offset: make([]float32, g.K)}
	for c := range bias {
		bias[c] += around
		upright.Factor[c] = float32(1 - 2*r.IntN(2))
	}
	z := make([]float64, ny)
	oracleForward(g, widen(x), widen(w), widen(bias), z)
	var m Moments[float32]
	peak, codes := make([]float32, tail.N*tail.output()), make([]uint8, tail.Codes())
	ConvPeaks(pool, s, g, tail, &upright, x, w, bias, &m, peak, codes)

	about := fmt.Sprintf("%+v, %+v: ", *g, *tail)
	rows := ny / g.K
	for c := range g.K {
		var mean, variance float64
		for i := range rows {
			mean += z[i*g.K+c] / float64(rows)
		}
		for i := range rows {
			variance += (z[i*g.K+c] - mean) * (z[i*g.K+c] - mean) / float64(rows)
		}
		// An output is good to a few units in its last place, and so is the mean.
		if slack := 1e-5 * (1 + math.Abs(mean)); math.Abs(m.Mean[c]-mean) > slack || math.Abs(m.Variance[c]-variance) > slack*(1+variance) {
			t.Fatalf("%schannel %d has mean %v and variance %v, not %v and %v", about, c, m.Mean[c], m.Variance[c], mean, variance)
		}
	}
	oraclePeaks(t, about, tail, upright.Factor, z, peak, codes, 1e-4*(1+float64(around)))
}

// oraclePeaks holds peaks and codes to the windows of z: a peak is the element that its
// code names, and none is larger the way that upright says. What is computed in another
// order may be larger or smaller by rounding.
func oraclePeaks(t *testing.T, about string, tail *Tail, upright []float32, z []float64, peak []float32, codes []uint8, rounding float64) {
	t.Helper()
	for n := range tail.N {
		for od := range tail.OD {
			for oh := range tail.OH {
				for i := range tail.OW * tail.C {
					ow, c := i/tail.C, i%tail.C
					output := ((n*tail.OD+od)*tail.OH+oh)*tail.OW + ow
					found, code := float64(peak[output*tail.C+c]), int(codes[output*CodeStride(tail.C)+c])
					for number := range tail.KD * tail.KH * tail.KW {
						d, h, w := number/(tail.KH*tail.KW), number/tail.KW%tail.KH, number%tail.KW
						element := z[n*tail.input()+tail.at(od*tail.KD+d, oh*tail.KH+h, ow*tail.KW+w)+c]
						if over := (element - found) * float64(upright[c]); over > rounding || number == code && math.Abs(over) > rounding {
							t.Fatalf("%sthe peak of window %d, channel %d is %v with code %d, its element %d is %v", about, output, c, found, code, number, element)
						}
					}
				}
			}
		}
	}
}
