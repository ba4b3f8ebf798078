package kernel

// The output of a first convolution is the largest array of many networks: as many
// channels as the convolution has filters, at the full size of the volumes. Between
// such a convolution and max pooling, batch normalisation needs the output three
// times: for its statistics, for its values, and on the way back for the slopes. To
// compute it each time from a few channels takes less time than to write it to memory
// and to read it again.

// Again says that a convolution with batch normalisation and a tail can be worked like
// this: by ConvMoments, ConvPool and ConvAgainWeightGrad.
func Again[T Float](g *Conv, t *Tail) bool {
	return g.Pools() && windowed[T](g, t) && TailWeightGrads[T](g)
}

// ConvMoments takes the moments of the channels of a convolution's output, and stores
// nothing else. It takes what ConvPool takes.
func ConvMoments[T Float](p *Pool, s *Scratch[T], g *Conv, x, w, bias []T, m *Moments[T]) {
	f := &s.convMoments
	*f = convMoments[T]{v: forwardSweep(p, s, g, x, w, bias, nil, true), hands: s.crew(p), moments: m}
	f.v.slabs = g.slabs()
	m.Begin(p, g.pieces(), g.K)
	p.run(g.pieces(), f)
	m.Join()
}

// convMoments takes the moments of a piece.
type convMoments[T Float] struct {
	v       *sweep[T]
	hands   []hand[T]
	moments *Moments[T]
}

func (f *convMoments[T]) do(worker, piece int) {
	v, h := f.v, &f.hands[worker]
	from, to := v.slab(&v.axes[0][0], piece%v.slabs)
	z := take(&h.again, (to-from)*v.out[1]*v.out[2]*v.rc)
	v.planes(h, piece/v.slabs, from, to, z)
	f.moments.Take(worker, piece, z)
}

// planes computes planes [from, to) of an example's outputs.
func (v *sweep[T]) planes(h *hand[T], example, from, to int, into []T) {
	low, high := reach(v.axes[0], func(*phase) int { return from }, func(*phase) int { return to })
	b, rows := v.between(h, example, low, high, 0, v.sc)
	for jd := from; jd < to; jd++ {
		for jh := range v.out[1] {
			v.outputs(h, &b, rows, into[((jd-from)*v.out[1]+jh)*v.out[2]*v.rc:], jd, jh)
		}
	}
}

// outputs computes one row of outputs, all channels, into memory of its own.
func (v *sweep[T]) outputs(h *hand[T], b *box, rows, to []T, jd, jh int) {
	if v.joint {
		v.jointRow(h, b, rows, to, &v.axes[0][0], &v.axes[1][0], 0, jd, jh)
		return
	}
	for panel := range v.panels {
		v.row(h, b, rows, to[panel*v.engine.cols:], panel, jd, jh)
	}
}

// ConvAgainWeightGrad is ConvTailWeightGrad behind a normalisation for a convolution
// whose output is computed again; see Again for what it takes.
func ConvAgainWeightGrad[T Float](p *Pool, s *Scratch[T], g *Conv, t *Tail, norm *Norm[T], x, w, bias, y, dy []T, codes []uint8, dw []T) {
	f := &s.tailGrad
	*f = tailGrad[T]{t: t, work: passesOf[T](), norm: norm, y: y, dy: dy, codes: codes, panes: s.panes(p)}
	f.weightGrad = weightGrad[T]{Conv: g, engine: engineOf[T](), x: x, hands: s.crew(p)}
	f.fan = f.engine.fanKernel(g)
	f.again = forwardSweep(p, s, g, x, w, bias, nil, true)
	f.run(p, s, dw, nil)
}
