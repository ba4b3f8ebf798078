package kernel

// ConvPeaks takes the moments of the channels of a convolution's output, and of each
// window of the tail's pooling the element that upright makes the largest, with its
// code. It stores nothing else. See Again for what it takes.
func ConvPeaks[T Float](p *Pool, s *Scratch[T], g *Conv, t *Tail, upright *Norm[T], x, w, bias []T, m *Moments[T], peak []T, codes []uint8) {
	f := &s.convPeaks
	*f = convPeaks[T]{
		again: s.computedAgain(p, g, x, w, bias), tail: Tail{Pooling: t.Pooling}, upright: upright,
		peak: peak, codes: codes, hands: s.crew(p), panes: s.panes(p), moments: m,
	}
	f.measures = f.again.paired.weights != nil && t.OD*t.KD == g.OD && t.OH*t.KH == g.OH && t.OW*t.KW == g.OW
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
	// measures says that all of the output is windows which a kernel measures, without
	// storing them.
	measures bool
}

func (f *convPeaks[T]) do(worker, plane int) {
	n := plane / f.tail.OD
	from, to := f.tail.planesOf(plane % f.tail.OD)
	if f.measures {
		f.measure(worker, plane, n, from, to)
	} else {
		f.look(worker, plane, n, from, to)
	}
}

// look computes planes [from, to) of an example, and then looks at them.
func (f *convPeaks[T]) look(worker, plane, n, from, to int) {
	g, t, h, q := f.again.g, &f.tail, &f.hands[worker], &f.panes[worker]
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

// measure computes the windows of planes [from, to) of an example and measures them at
// once, from the first output of each channel.
func (f *convPeaks[T]) measure(worker, plane, n, from, to int) {
	g, t, h, v, work := f.again.g, &f.tail, &f.hands[worker], f.again.v, passesOf[T]()
	b, rows := f.again.points(h, n, from, to)
	q := &h.peaks
	q.codeStep = CodeStride(g.K)
	for panel := range v.panels {
		column, vectors := q.turnTo(h, v, &f.again.paired, &b, panel)
		cols := vectors * v.engine.lanes
		room := take(&h.again, (windowCorners+3)*cols)
		clear(room)
		outputs, room := room[:windowCorners*cols], room[windowCorners*cols:]
		short, sums := room[:2*cols], take(&f.panes[worker].folded, 2*cols)
		clear(sums)
		q.first, q.second, q.upright = short[:cols], short[cols:], room[2*cols:]
		copy(q.upright, f.upright.Factor[column:])

		origin := b.at(from*g.SD-g.PD, -g.PH)
		q.a, q.y = rows[origin:], outputs
		q.count, q.yStep, q.row, q.plane = 1, cols, 2*cols, 4*cols
		work.pairedOutputs[vectors](q)
		q.center, q.yStep = outputs[:cols], g.K
		summed := 0
		for oh := range t.OH {
			for ow := 0; ow < t.OW; ow += shortSum {
				q.count = min(shortSum, t.OW-ow)
				if summed += q.count; summed > shortSum {
					lengthen(short, sums)
					summed = q.count
				}
				output := (plane*t.OH+oh)*t.OW + ow
				q.a = rows[b.at(from*g.SD-g.PD, 2*oh*g.SH-g.PH)+ow*q.step:]
				q.y, q.code = f.peak[output*g.K+column:], f.codes[output*q.codeStep+column:]
				work.pairedMeasured[vectors](q)
			}
		}
		lengthen(short, sums)
		f.moments.put(plane, column, (to-from)*g.OH*g.OW, q.center[:min(cols, g.K-column)], sums[:cols], sums[cols:])
	}
}

// windowCorners is how many outputs a window has.
const windowCorners = 8

// lengthen adds sums in single precision to those in double precision, and begins them
// anew.
func lengthen[T Float](short []T, sums []float64) {
	for i, v := range short {
		sums[i] += float64(v)
	}
	clear(short)
}
