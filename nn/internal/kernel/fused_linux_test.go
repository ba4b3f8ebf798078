package kernel

import (
	"math/rand/v2"
	"testing"
)

// TestFusedGuards runs the fused passes with every slice beside forbidden memory.
func TestFusedGuards(t *testing.T) {
	for _, atEnd := range []bool{true, false} {
		withEngines(t, func(t *testing.T) { testFusedGuards(t, atEnd) })
	}
}

func testFusedGuards(t *testing.T, atEnd bool) {
	r := rand.New(rand.NewPCG(13, 14))
	fresh := func(n int) []float32 { return guarded(t, atEnd, values[float32](r, n)) }
	for i := range 40 {
		g := randomConv(r)
		if i%2 == 0 { // the shape that has kernels of its own
			g = &Conv{N: 2, D: 4 + r.IntN(3), H: 4 + r.IntN(3), W: 4 + r.IntN(9), C: 1 + r.IntN(3), K: []int{1, 16, 17, 32, 33}[r.IntN(5)], KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, Groups: 1}
			g.PD, g.PH, g.PW = r.IntN(2), r.IntN(2), r.IntN(2)
			g.OD, g.OH, g.OW = g.D+2*g.PD-2, g.H+2*g.PH-2, g.W+2*g.PW-2
		}
		nx, nw, ny := g.sizes()
		tail := randomTail(r, g.N, g.OD, g.OH, g.OW, g.K)
		outputs := tail.N * tail.output()
		x, w, bias, z, y, dy := fresh(nx), fresh(nw), fresh(g.K), fresh(ny), fresh(outputs), fresh(outputs)
		codes := guarded(t, atEnd, make([]uint8, tail.Codes()))
		if tail.flat() && i%3 == 0 {
			codes = nil
		}
		norm := &Norm[float32]{fresh(g.K), fresh(g.K), fresh(g.K), fresh(g.K), fresh(g.K)}
		s := new(Scratch[float32])
		if g.Pools() {
			ConvPool(nil, s, g, tail, x, w, bias, y, codes)
		} else {
			NormForward(nil, s, tail, nil, z, y, nil, codes)
		}
		if TailWeightGrads[float32](g) {
			ConvTailWeightGrad(nil, s, g, tail, nil, x, nil, y, dy, codes, nil, fresh(nw), fresh(g.K))
			if units := 1 + r.IntN(4); codes != nil && HeadWeightGrads[float32](g, tail, units) {
				weights := fresh(units * outputs / g.N)
				turned := TurnHead(nil, &Scratch[float32]{turned: fresh(len(weights))}, weights, units)
				head := &Head[float32]{Units: units, Turned: turned, Slopes: fresh(units * g.N)}
				ConvHeadWeightGrad(nil, s, g, tail, head, x, y, codes, fresh(nw), fresh(g.K))
			}
			ConvTailWeightGrad(nil, s, g, tail, norm, x, z, y, dy, codes, fresh(ny), fresh(nw), nil)
		}
		var m Moments[float32]
		ConvForwardMoments(nil, s, g, x, w, bias, z, &m)
		if Again[float32](g, tail) {
			ConvPeaks(nil, s, g, tail, norm, x, w, bias, &m, fresh(outputs), codes)
			ConvAgainWeightGrad(nil, s, g, tail, norm, x, w, bias, y, dy, codes, fresh(nw))
		}
		ConvForwardRelu(nil, s, g, x, w, bias, fresh(ny))
		NormForward(nil, s, tail, norm, z, y, fresh(outputs), codes)
		NormSums(nil, s, outputs/g.K, g.K, tail.Relu, y, dy, fresh(outputs), norm.Center, make([]float64, g.K), make([]float64, g.K))
		Scatter(nil, s, tail, y, dy, codes, fresh(ny))
		NormBackward(nil, s, tail, norm, z, y, dy, codes, fresh(ny))
		Rectify(nil, s, y)
		Gate(nil, s, y, dy, fresh(outputs))
	}
}
