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

// ConvPeaks takes the moments of the channels of a convolution's output, and of each
// window of the tail's pooling the element that upright makes the largest, with its
// code. It stores nothing else. See Again for what it takes.
func ConvPeaks[T Float](p *Pool, s *Scratch[T], g *Conv, t *Tail, upright *Norm[T], x, w, bias []T, m *Moments[T], peak []T, codes []uint8) {
	f := &s.convPeaks
	*f = convPeaks[T]{
		again: s.computedAgain(p, g, x, w, bias), tail: Tail{Pooling: t.Pooling}, upright: upright,
		peak: peak, codes: codes, hands: s.crew(p), panes: s.panes(p), moments: m,
	}
	m.Begin(p, g.N*t.OD, g.K)
	p.run(g.N*t.OD, f)
	m.Join()
}

// convPeaks takes the moments and peaks of a plane of windows.
type convPeaks[T Float] struct {
	again   *again[T]
	tail    Tail
	upright *Norm[T]
	peak    []T
	codes   []uint8
	hands   []hand[T]
	panes   []panes[T]
	moments *Moments[T]
}

func (f *convPeaks[T]) do(worker, plane int) {
	g, t, h, q := f.again.g, &f.tail, &f.hands[worker], &f.panes[worker]
	n, od := plane/t.OD, plane%t.OD
	from, to := t.planesOf(od)
	size := t.at(to-from, 0, 0)
	// Behind the planes is room for the values of a row of windows, which nobody reads.
	z := take(&h.again, size+t.OW*t.C)
	f.again.planes(h, n, from, to, z[:size])
	f.moments.Take(worker, plane, z[:size])
	q.norm(f.upright, t)
	q.taps, q.y = t.taps(q.taps, g.OH*g.OW, g.OW), z[size:]
	for oh := range t.OH {
		output := (plane*t.OH + oh) * t.OW
		q.z, q.peak, q.code = z[t.at(0, oh*t.KH, 0):], f.peak[output*t.C:], f.codes[output*q.codeStride:]
		passesOf[T]().crest(q)
	}
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
	g, v := f.g, f.v
	b := g.around(from, to)
	rows := padded(&b, f.x[example*g.D*g.H*g.W*g.C:], &h.rows)
	left := (-g.PW - b.low[2]) * g.C
	b, rows = f.paired.rows(h, &b, rows[left:])
	q := &h.peaks
	*q = peakTile[T]{step: pointsOfPair * g.C, length: g.C, count: g.OW / 2, yStep: g.K, row: g.OW * g.K, plane: g.OH * g.OW * g.K}
	q.aim(g, &b)
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
