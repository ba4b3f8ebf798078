package kernel

// Pools says that ConvPool can work the convolution, and that no faster way to
// compute it is lost by that.
func (g *Conv) Pools() bool {
	return g.Groups == 1 && g.C > 0 && !g.depthwise() && Choose(g) != Winograd
}

// ConvPool computes a convolution with its bias and tail, and stores nothing
// else: what lies between stays in the cache. codes, unless nil, is for the way
// back. See Pools for what it takes.
func ConvPool[T Float](p *Pool, s *Scratch[T], g *Conv, t *Tail, x, w, bias, y []T, codes []uint8) {
	f := &s.convPool
	*f = convPool[T]{g: g, t: t, x: x, y: y, codes: codes, work: passesOf[T](), hands: s.crew(p), panes: s.panes(p)}
	f.directly = f.direct()
	f.v = forwardSweep(p, s, g, x, w, bias, nil, !f.directly)
	if f.directly && pairable[T](g) {
		f.paired = newPairing(s, g, f.v, t.OW)
	}
	f.v.axes[0][0].count = t.OD * t.KD
	f.v.slabs = t.OD
	f.unchanged = s.unchanged(g.K)
	p.run(g.N*t.OD, f)
}

func (f *convPool[T]) do(worker, chunk int) {
	n, od := chunk/f.t.OD, chunk%f.t.OD
	if f.directly {
		f.peaks(&f.hands[worker], n, od)
	} else {
		f.rows(&f.hands[worker], &f.panes[worker], n, od)
	}
}

// convPool is a convolution with its pooling.
type convPool[T Float] struct {
	g     *Conv
	t     *Tail
	v     *sweep[T]
	work  *passes[T]
	x, y  []T
	codes []uint8
	// unchanged leaves values as they are.
	unchanged *Norm[T]
	// directly says that there is a kernel for the windows.
	directly bool
	// paired is there if neighbours of a row are worked together.
	paired pairing[T]
	hands  []hand[T]
	panes  []panes[T]
}

// windowBytes is how much of the convolution's output is computed before it is
// pooled.
const windowBytes = 128 << 10

// rows computes a plane of pooled outputs, some rows of windows at a time: their
// part of the convolution goes to the worker's memory first.
func (f *convPool[T]) rows(h *hand[T], q *panes[T], n, od int) {
	g, t, v := f.g, f.t, f.v
	b, rows := v.box(h, n, od, 0, v.sc)
	each := t.KD * t.KH * g.OW * g.K
	many := max(1, min(t.OH, windowBytes/(4*each)))
	into := take(&h.columns, many*each)
	for first := 0; first < t.OH; first += many {
		last := min(first+many, t.OH)
		high := (last - first) * t.KH
		for d := range t.KD {
			for r := range high {
				v.outputs(h, &b, rows, into[(d*high+r)*g.OW*g.K:], od*t.KD+d, first*t.KH+r)
			}
		}
		q.norm(f.unchanged, t)
		q.taps = t.taps(q.taps, high*g.OW, g.OW)
		for oh := first; oh < last; oh++ {
			output := ((n*t.OD+od)*t.OH + oh) * t.OW
			q.z, q.y = into[(oh-first)*t.KH*g.OW*g.K:], f.y[output*t.C:]
			if f.codes != nil {
				q.code = f.codes[output*q.codeStride:]
			}
			f.work.crest(q)
		}
	}
}

// row computes one row of outputs, (jd, jh), of a panel of columns into memory
// whose rows have all the channels.
func (v *sweep[T]) row(h *hand[T], b *box, rows, to []T, panel, jd, jh int) {
	axes := [3]*phase{&v.axes[0][0], &v.axes[1][0], &v.axes[2][0]}
	fd, fh, fw := axes[0], axes[1], axes[2]
	cols := v.columns(panel)
	t := &h.tile
	*t = tile[T]{length: v.sc, aRow: fw.step * v.sc, aStep: 1, bStep: cols, cRow: v.resultChannels, cols: cols}
	if fw.joined() {
		t.length *= len(fw.taps)
	}
	if v.bias != nil {
		t.bias = v.bias[panel*v.engine.cols:][:cols]
	}
	d0, d1 := fd.inside(jd, v.in[0])
	h0, h1 := fh.inside(jh, v.in[1])
	h.runs = v.runs(h.runs[:0], b, axes, [4]int{d0, d1, h0, h1}, cols, 0, len(fd.taps)*len(fh.taps))
	t.runs, t.b = h.runs, v.panel(0, panel)
	base := 0
	if len(t.runs) > 0 {
		base = b.at(fd.taps[d0].from+jd*fd.step, fh.taps[h0].from+jh*fh.step)
	}
	for i := range pieces(fw.count, v.engine.rows) {
		w0, w1 := strip(fw.count, v.engine.rows, i)
		t.rows = w1 - w0
		t.a = rows[min(base+w0*t.aRow, len(rows)):]
		t.c = to[w0*t.cRow:]
		v.engine.compute(t)
	}
}

// peakTile is a row of windows of 2×2×2 outputs of a convolution, whose sums stay
// in registers until only the largest is left:
//
//	y[i, j] = the largest of floor and, over the 8 corners,
//	          bias[j] + the sum over runs r and l in [0, length) of
//	          a[r.a + corner + i·step + l] · b[r.b + l·bStep + j]
//
// for i in [0, count) and the columns j of its vectors. code[i, j] is the number
// of the corner. In pairs, l counts channels, and a and b are their points (see
// fused_pairs.go); a row of windows may give the 8 corners themselves then, the
// first at y[2·i·yStep], the others a plane, a row and yStep from their neighbours. Or
// it may be measured:
//
//	first[j] += the sum over i and the corners of corner - center[j], second[j] of its square
//	y[i, j] = the corner whose corner·upright[j] is the largest; upright is 1 or -1
//
// Assembly reads the fields by their offsets.
type peakTile[T Float] struct {
	a, b, bias, y []T
	code          []uint8
	runs          []run
	// corners are where the pairs of corners begin that differ along the row; the
	// second of a pair is `aside` further on.
	corners                          [4]int
	aside, step, length, bStep       int
	count, yStep, codeStep, lastLane int
	floor                            T
	plane, row                       int
	// Whole vectors of numbers of each column.
	center, upright, first, second []T
}

// peakBytes is how many packed weights stay in the first-level cache while they
// meet one window after the other.
const peakBytes = 16 << 10

// direct says that there is a kernel for the windows, and that it pays: it reads
// all weights of a panel for each window.
func (f *convPool[T]) direct() bool { return windowed[T](f.g, f.t) }

// windowed is direct for a convolution and its tail.
func windowed[T Float](g *Conv, t *Tail) bool {
	return len(passesOf[T]().peaks) > 0 && t.KD == 2 && t.KH == 2 && t.KW == 2 && g.EW == 1 &&
		4*g.KD*g.KH*g.KW*g.C*engineOf[T]().cols <= peakBytes
}

// around is the part of example n that planes [from, to) of the output read, with
// its zeros on all sides.
func (g *Conv) around(from, to int) box {
	b := box{sizes: [3]int{g.D, g.H, g.W}, channels: g.C, sc: g.C}
	b.low = [3]int{from*g.SD - g.PD, -g.PH, -g.PW}
	b.high = [3]int{
		(to-1)*g.SD + (g.KD-1)*g.ED + 1 - g.PD,
		(g.OH-1)*g.SH + (g.KH-1)*g.EH + 1 - g.PH,
		(g.OW-1)*g.SW + (g.KW-1)*g.EW + 1 - g.PW,
	}
	return b
}

// aim sets where the corners of a window begin in a box.
func (q *peakTile[T]) aim(g *Conv, b *box) {
	for corner := range q.corners {
		q.corners[corner] = b.at(corner/2*g.SD, corner%2*g.SH) - b.at(0, 0)
	}
}

// turnTo sets what belongs to a panel of columns, and gives its first column and how
// many vectors it has.
func (q *peakTile[T]) turnTo(h *hand[T], v *sweep[T], paired *pairing[T], b *box, panel int) (column, vectors int) {
	g, cols := &v.conv, v.columns(panel)
	column, vectors = panel*v.engine.cols, pieces(cols, v.engine.lanes)
	h.runs = h.runs[:0]
	for kd := range g.KD {
		for kh := range g.KH {
			h.runs = append(h.runs, run{a: b.at(kd*g.ED, kh*g.EH) - b.at(0, 0), b: (kd*g.KH + kh) * g.KW * g.C * cols})
		}
	}
	q.runs = h.runs
	q.b, q.bStep = v.panel(0, panel), cols
	if paired.weights != nil {
		q.b, q.bStep = paired.panel(panel)
	}
	if v.bias != nil {
		q.bias = v.bias[column:]
	}
	q.lastLane = cols - (vectors-1)*v.engine.lanes
	return column, vectors
}

// peaks computes a plane of pooled outputs.
func (f *convPool[T]) peaks(h *hand[T], n, od int) {
	g, t, v := f.g, f.t, f.v
	b := g.around(od*t.KD, (od+1)*t.KD)
	rows := padded(&b, f.x[n*g.D*g.H*g.W*g.C:], &h.rows)
	// b may have become the whole of the source.
	d0, left := od*t.KD*g.SD-g.PD, (-g.PW-b.low[2])*g.C
	q := &h.peaks
	*q = peakTile[T]{
		aside: g.SW * g.C, step: 2 * g.SW * g.C, length: g.KW * g.C,
		count: t.OW, yStep: g.K, codeStep: CodeStride(g.K), floor: floorOf[T](t.Relu),
	}
	kernels := f.work.peaks
	if f.paired.weights != nil {
		b, rows = f.paired.rows(h, &b, rows[left:])
		left, kernels, q.step, q.length = 0, f.work.pairedPeaks, pointsOfPair*g.C, g.C
	}
	q.aim(g, &b)
	for panel := range v.panels {
		column, vectors := q.turnTo(h, v, &f.paired, &b, panel)
		for oh := range t.OH {
			output := ((n*t.OD+od)*t.OH + oh) * t.OW
			q.a = rows[b.at(d0, oh*t.KH*g.SH-g.PH)+left:]
			q.y = f.y[output*g.K+column:]
			if f.codes != nil {
				q.code = f.codes[output*q.codeStep+column:]
			}
			kernels[vectors](q)
		}
	}
}
