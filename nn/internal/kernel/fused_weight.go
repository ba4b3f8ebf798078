package kernel

// TailWeightGrads says that ConvTailWeightGrad can work the convolution, which may
// be nil.
func TailWeightGrads[T Float](g *Conv) bool {
	if g == nil || g.Groups > 1 || g.EW > 1 {
		return false
	}
	fan := engineOf[T]().fanKernel(g)
	return fan.there()
}

// ConvTailWeightGrad adds the gradient by w to dw for a convolution with a tail,
// and, unless db is nil, that by the bias to db: y is the tail's output, dy its
// slope. If norm is not nil, the convolution's
// output is z, and the tail was that of the normalised z. The slopes of the
// convolution's output are never stored whole; behind pooling most of them are 0.
// But where somebody else needs them, dz, which may be z itself, gets them.
// See TailWeightGrads for what it takes.
func ConvTailWeightGrad[T Float](p *Pool, s *Scratch[T], g *Conv, t *Tail, norm *Norm[T], x, z, y, dy []T, codes []uint8, dz, dw, db []T) {
	f := &s.tailGrad
	*f = tailGrad[T]{t: t, work: passesOf[T](), norm: norm, z: z, y: y, dy: dy, codes: codes, dz: dz, panes: s.panes(p)}
	f.weightGrad = weightGrad[T]{Conv: g, engine: engineOf[T](), x: x, hands: s.crew(p)}
	f.fan = f.engine.fanKernel(g)
	f.picks = norm == nil && f.sparse()
	f.factors = append(s.one[:0], 1)
	s.one = f.factors
	f.run(p, s, dw, db)
	if f.picks && dz != nil {
		Scatter(p, s, t, y, dy, codes, dz)
	}
}

// run adds the gradients.
func (f *tailGrad[T]) run(p *Pool, s *Scratch[T], dw, db []T) {
	g, t, norm := f.Conv, f.t, f.norm
	if norm != nil && t.flat() && f.codes == nil {
		f.times = repeats(g.K)
		f.wide = s.widened(norm, f.times)
	}
	f.units, f.size = g.N*t.OD, len(dw)+g.K // the bias is a row more
	f.parts = min(sumChunks, f.units)
	f.sums = take(&s.partials, f.parts*f.size)
	p.run(f.parts, f)
	total := take(&s.weights, f.size)
	clear(total)
	addParts(p, s, f.sums, f.parts, total)
	for i, v := range total[:len(dw)] {
		dw[i] += v
	}
	for c := range db {
		db[c] += total[len(dw)+c]
	}
}

// tailGrad is a weight gradient that begins behind a tail.
type tailGrad[T Float] struct {
	weightGrad[T]
	t    *Tail
	work *passes[T]
	norm *Norm[T]
	// wide is the normalisation of times positions as one, if there is no pooling.
	wide  *Norm[T]
	times int
	z     []T
	y, dy []T
	codes []uint8
	dz    []T
	// picks says that there is a kernel which looks only at what is not 0.
	picks bool
	panes []panes[T]
	// What comes back is rows of dy times factors, only for picks: all examples have
	// the one row that is theirs, or with a head the same rows and factors of their
	// own.
	factors []T
	head    *Head[T]
	// again computes z anew; nil if it is there.
	again *again[T]
}

func (f *tailGrad[T]) do(worker, part int) {
	into := f.sums[part*f.size:][:f.size]
	clear(into)
	for unit := f.units * part / f.parts; unit < f.units*(part+1)/f.parts; unit++ {
		if n, od := unit/f.t.OD, unit%f.t.OD; f.picks {
			f.pick(&f.hands[worker], into, n, od)
		} else {
			f.plane(&f.hands[worker], &f.panes[worker], into, n, od)
		}
	}
}

// plane adds the share of plane od of the tail's outputs, whose slopes of the
// convolution's output go to the worker's memory first.
func (f *tailGrad[T]) plane(h *hand[T], q *panes[T], into []T, n, od int) {
	t := f.t
	from, to := t.planesOf(od)
	size := t.at(to-from, 0, 0)
	first := n*t.input() + t.at(from, 0, 0)
	var dz []T
	if f.dz != nil {
		dz = f.dz[first:][:size]
	} else {
		dz = take(&h.columns, size)
	}
	switch {
	case f.wide != nil:
		flatSlopes(t, f.work, q, f.wide, f.times, f.z[first:][:size], f.y[first:][:size], f.dy[first:][:size], dz)
	case f.again != nil:
		z := take(&h.again, size)
		f.again.planes(h, n, from, to, z)
		slopes(t, f.work, q, f.norm, n, from, to, z, f.y, f.dy, f.codes, dz)
	case f.norm != nil:
		slopes(t, f.work, q, f.norm, n, from, to, f.z[first:], f.y, f.dy, f.codes, dz)
	case f.codes == nil && t.flat():
		q.z, q.y, q.dy, q.channels, q.floor = dz, f.y[first:][:size], f.dy[first:][:size], size, floorOf[T](t.Relu)
		f.work.gate(q)
	default:
		scatter(t, f.work, q, n, from, to, f.y, f.dy, f.codes, dz)
	}
	f.slab(h, into, dz, n, from, to, 0, 1)
	f.sumColumns(h, dz, into[len(into)-f.K:])
}

// sumColumns adds the columns of dz up into sums.
func (f *tailGrad[T]) sumColumns(h *hand[T], dz, sums []T) {
	// A sum of rows is a product of a matrix of one row of ones by them.
	h.ones, h.runs = repeated(h.ones[:0], []T{1}, f.engine.lanes), append(h.runs[:0], run{})
	t := &h.tile
	*t = tile[T]{a: h.ones, runs: h.runs, length: len(dz) / f.K, bStep: f.K, rows: 1, add: true}
	for c := 0; c < f.K; c += f.engine.cols {
		t.cols = min(f.engine.cols, f.K-c)
		t.b, t.c = dz[c:], sums[c:]
		f.engine.compute(t)
	}
}

// pick is a weight gradient behind pooling by windows of 2×2×2, for kernels of
// 3×3×3 over one channel. What a window's outputs read are 4×4×4 elements, which
// fit in registers: of each channel only the output counts that was the largest,
// and its 27 elements are picked by its code:
//
//	sum[(kd·9 + kh·3 + kw), j] += the sum over i in [0, count) of slope[i, j] ·
//	     x[i·step + (kd + code/4)·plane + (kh + code/2 mod 2)·row + kw + code mod 2]
//	slope[i, j] = the sum over factors u of factors[u] · dy[u·dyStep + i·channels + j]
//
// where y is above the floor. The row behind the 27 gets the sum of dy alone, for
// the bias. Assembly reads the fields by their offsets.
type pick[T Float] struct {
	x, y, dy                          []T
	code                              []uint8
	sum                               []T
	plane, row, step, count, channels int
	codeStep, sumStep, last           int
	floor                             T
	factors                           []T
	dyStep                            int
	// patches are the elements in the order in which some kernels take them; see
	// passes.patches. They hold those of the row of windows above, unless below is 0.
	patches []T
	below   int
}

// patchElements is the number of elements in the patches of a window: 16 for each of
// the 3×3 pairs of a plane and a row of the kernel.
const patchElements = 3 * 3 * 16

// sparse says that there is a kernel which looks only at what is not 0.
func (f *tailGrad[T]) sparse() bool { return f.codes != nil && sparse[T](f.Conv, f.t) }

// sparse says that there is such a kernel for a convolution and its tail.
func sparse[T Float](g *Conv, t *Tail) bool {
	return len(passesOf[T]().picks) > 0 && g.C == 1 && g.KD == 3 && g.KH == 3 && g.KW == 3 &&
		g.SD == 1 && g.SH == 1 && g.SW == 1 && g.ED == 1 && g.EH == 1 && g.EW == 1 &&
		t.KD == 2 && t.KH == 2 && t.KW == 2
}

func (f *tailGrad[T]) pick(h *hand[T], into []T, n, od int) {
	t := f.t
	b := f.around(od*t.KD, (od+1)*t.KD)
	d0, left := b.low[0], b.low[2]
	rows := padded(&b, f.x[n*f.D*f.H*f.W:], &h.rows)
	q := &h.pick
	*q = pick[T]{
		plane: b.at(d0+1, 0) - b.at(d0, 0), row: b.at(d0, 1) - b.at(d0, 0), step: 2,
		count: t.OW, channels: f.K, codeStep: CodeStride(f.K), sumStep: f.K, floor: floorOf[T](t.Relu),
		factors: f.factors,
	}
	slopes := f.dy
	if f.head == nil {
		slopes = slopes[n*t.output():]
	} else {
		q.dyStep, q.factors = t.output(), f.factors[n*f.head.Units:][:f.head.Units]
	}
	for oh := range t.OH {
		output := ((n*t.OD+od)*t.OH + oh) * t.OW
		q.x = rows[b.at(d0, oh*2-f.PH)+left-b.low[2]:]
		if f.work.patches != nil {
			q.below, q.patches = oh, take(&h.columns, t.OW*patchElements)
			f.work.patches(q)
		}
		for column := 0; column < f.K; column += f.engine.lanes {
			q.last = min(f.engine.lanes, f.K-column)
			q.sum = into[column:]
			q.y, q.dy = f.y[output*f.K+column:], slopes[output*f.K+column-n*t.output():]
			q.code = f.codes[output*q.codeStep+column:]
			for _, part := range f.work.picks {
				part(q)
			}
		}
	}
}
