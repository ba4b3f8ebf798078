package kernel

// The output of a first convolution is the largest array of many networks: as many
// channels as the convolution has filters, at the full size of the volumes. Between
// such a convolution and max pooling, batch normalisation needs the output three
// times: for its statistics, for its values, and on the way back for the slopes. To
// compute it each time from a few channels takes less time than to write it to memory
// and to read it again.

// Again says that a convolution with batch normalisation and a tail can be worked like
// this: by ConvPeaks and ConvAgainWeightGrad.
func Again[T Float](g *Conv, t *Tail) bool {
	return g.Pools() && windowed[T](g, t) && TailWeightGrads[T](g)
}

// again computes parts of a convolution's output into memory of a worker.
type again[T Float] struct {
	g *Conv
	v *sweep[T]
	x []T
	// paired is there if neighbours of a row are worked together.
	paired pairing[T]
}

// computedAgain readies the weights.
func (s *Scratch[T]) computedAgain(p *Pool, g *Conv, x, w, bias []T) *again[T] {
	f := &s.again
	pairs := pairable[T](g) && g.OH > 1 && g.OW%2 == 0
	*f = again[T]{g: g, x: x, v: forwardSweep(p, s, g, x, w, bias, nil, !pairs)}
	if pairs {
		f.paired = newPairing(s, g, f.v, g.OW/2)
	}
	return f
}

// planes computes planes [from, to) of an example's outputs.
func (f *again[T]) planes(h *hand[T], example, from, to int, into []T) {
	if f.paired.weights != nil && to-from > 1 {
		f.windows(h, example, from, to, into)
		return
	}
	v := f.v
	low, high := reach(v.axes[0], func(*phase) int { return from }, func(*phase) int { return to })
	b, rows := v.between(h, example, low, high, 0, v.sc)
	for jd := from; jd < to; jd++ {
		for jh := range f.g.OH {
			v.outputs(h, &b, rows, into[((jd-from)*f.g.OH+jh)*f.g.OW*f.g.K:], jd, jh)
		}
	}
}

// windows computes them by windows of 2×2×2. Where a size is odd, the last window of
// the axis overlaps the one before it.
func (f *again[T]) windows(h *hand[T], example, from, to int, into []T) {
	g, v, q := f.g, f.v, &h.peaks
	b, rows := f.points(h, example, from, to)
	q.row, q.plane = g.OW*g.K, g.OH*g.OW*g.K
	for panel := range v.panels {
		column, vectors := q.turnTo(h, v, &f.paired, &b, panel)
		for d := from; d < to; d += 2 {
			d := min(d, to-2)
			for oh := 0; oh < g.OH; oh += 2 {
				oh := min(oh, g.OH-2)
				q.a = rows[b.at(d*g.SD-g.PD, oh*g.SH-g.PH):]
				q.y = into[(d-from)*q.plane+oh*q.row+column:]
				passesOf[T]().pairedOutputs[vectors](q)
			}
		}
	}
}

// points readies a worker for the windows of planes [from, to) of an example, whose
// points it gives.
func (f *again[T]) points(h *hand[T], example, from, to int) (box, []T) {
	g := f.g
	b := g.around(from, to)
	rows := padded(&b, f.x[example*g.D*g.H*g.W*g.C:], &h.rows)
	left := (-g.PW - b.low[2]) * g.C
	b, rows = f.paired.rows(h, &b, rows[left:])
	h.peaks = peakTile[T]{step: pointsOfPair * g.C, length: g.C, count: g.OW / 2, yStep: g.K}
	h.peaks.aim(g, &b)
	return b, rows
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
	f.again = s.computedAgain(p, g, x, w, bias)
	f.run(p, s, dw, nil)
}
