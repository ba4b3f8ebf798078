package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// A convolution whose output is not stored has the moments and peaks, and leads to the
// weight gradient, of one whose output is.
func TestAgain(t *testing.T) {
	withEngines(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(18, 1))
		pool := NewPool(2)
		defer pool.Close()
		s := new(Scratch[float32])
		tried := 0
		for range 100 {
			g, tail := pairedConv(r)
			if !Again[float32](g, tail) {
				continue
			}
			tried++
			nx, nw, ny := g.sizes()
			x, w, bias := values[float32](r, nx), values[float32](r, nw), values[float32](r, g.K)
			about := fmt.Sprintf("%+v, %+v: ", *g, *tail)
			z := make([]float32, ny)
			var stored, again Moments[float32]
			ConvForwardMoments(pool, s, g, x, w, bias, z, &stored)
			upright := *s.unchanged(g.K)
			upright.Factor = make([]float32, g.K)
			for c := range upright.Factor {
				upright.Factor[c] = float32(1 - 2*(c%2))
			}
			peak, codes := make([]float32, tail.N*tail.output()), make([]uint8, tail.Codes())
			ConvPeaks(pool, s, g, tail, &upright, x, w, bias, &again, peak, codes)
			oraclePeaks(t, about, tail, &upright, z, peak, codes)
			for c, mean := range stored.Mean {
				if math.Abs(again.Mean[c]-mean) > 1e-5 || math.Abs(again.Variance[c]-stored.Variance[c]) > 1e-5*(1+stored.Variance[c]) {
					t.Fatalf("%schannel %d has mean %v and variance %v, stored %v and %v", about, c, again.Mean[c], again.Variance[c], mean, stored.Variance[c])
				}
			}
			norm, _ := randomNorm[float32](r, g.K)
			y := make([]float32, tail.N*tail.output())
			NormForward(pool, s, tail, norm, z, y, nil, codes)
			dy := values[float32](r, len(y))
			want, dw := make([]float32, nw), make([]float32, nw)
			ConvTailWeightGrad(pool, s, g, tail, norm, x, z, y, dy, codes, nil, want, nil)
			ConvAgainWeightGrad(pool, s, g, tail, norm, x, w, bias, y, dy, codes, dw)
			near(t, about+"weight gradient", 4*ny/g.K, dw, widen(want))
		}
		if least := 40; tried < least && len(passesOf[float32]().peaks) > 0 {
			t.Errorf("%d convolutions were tried, fewer than %d", tried, least)
		}
	})
}

// oraclePeaks holds peaks and codes to the windows of z: a peak is the element that its
// code names, and none is larger the way that upright says. What is computed in another
// order may be so much larger or smaller.
func oraclePeaks(t *testing.T, about string, tail *Tail, upright *Norm[float32], z, peak []float32, codes []uint8) {
	t.Helper()
	const rounding = 1e-4
	for n := range tail.N {
		for od := range tail.OD {
			for oh := range tail.OH {
				for i := range tail.OW * tail.C {
					ow, c := i/tail.C, i%tail.C
					output := ((n*tail.OD+od)*tail.OH+oh)*tail.OW + ow
					found, code := float64(peak[output*tail.C+c]), int(codes[output*CodeStride(tail.C)+c])
					for number := range tail.KD * tail.KH * tail.KW {
						d, h, w := number/(tail.KH*tail.KW), number/tail.KW%tail.KH, number%tail.KW
						element := float64(z[n*tail.input()+tail.at(od*tail.KD+d, oh*tail.KH+h, ow*tail.KW+w)+c])
						if over := (element - found) * float64(upright.Factor[c]); over > rounding || number == code && math.Abs(over) > rounding {
							t.Fatalf("%sthe peak of window %d, channel %d is %v with code %d, its element %d is %v", about, output, c, found, code, number, element)
						}
					}
				}
			}
		}
	}
}
