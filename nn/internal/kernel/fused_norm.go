package kernel

// Norm is what is done to each channel: the value of z is
// (z - Center)·Factor + Offset, and the slope of z
// (z - Center)·Pull + Push + Factor · the slope of its value.
type Norm[T Float] struct {
	Center, Factor, Offset, Pull, Push []T
}

// Tail is what follows a layer in the same pass: a rectifier if Relu is set, and
// max pooling with windows that can be worked like this (see Windows); windows of
// one element leave the sizes as they are.
type Tail struct {
	Pooling
	Relu bool
}

// taps lists the distances of a window's elements from its origin, where a plane
// has so many positions and a row so many.
func (t *Tail) taps(into []int32, plane, row int) []int32 {
	into = into[:0]
	for d := range t.KD {
		for h := range t.KH {
			for w := range t.KW {
				into = append(into, int32((d*plane+h*row+w)*t.C))
			}
		}
	}
	return into
}

// planesOf are the planes of the tail's input that belong to a plane of its outputs:
// those of its windows, and the last has those that are left over.
func (t *Tail) planesOf(od int) (from, to int) {
	if od+1 == t.OD {
		return od * t.KD, t.D
	}
	return od * t.KD, (od + 1) * t.KD
}

// pooledRows calls visit for every row of windows of plane od of example n:
// where its first output is counted in outputs, and where its first window begins
// in z.
func (t *Tail) pooledRows(n, od int, visit func(output, origin int)) {
	for oh := range t.OH {
		visit(((n*t.OD+od)*t.OH+oh)*t.OW, n*t.input()+t.at(od*t.KD, oh*t.KH, 0))
	}
}

// NormForward sets y to the tail of the normalised z, or of z itself if norm is nil;
// what codes and peak get is for the way back, either may be nil.
func NormForward[T Float](p *Pool, s *Scratch[T], t *Tail, norm *Norm[T], z, y, peak []T, codes []uint8) {
	if norm == nil {
		norm = s.unchanged(t.C)
	}
	if t.flat() && codes == nil {
		flatForward(p, s, t, norm, z, y, peak)
		return
	}
	s.tailWork = tailWork[T]{t: t, norm: norm, z: z, y: y, peak: peak, codes: codes, panes: s.panes(p)}
	p.run(t.N*t.OD, tailValues[T]{&s.tailWork})
}

// tailWork is a task on planes of outputs of a tail.
type tailWork[T Float] struct {
	t                  *Tail
	norm               *Norm[T]
	z, y, peak, dy, dz []T
	codes              []uint8
	panes              []panes[T]
}

// planes are the example of a chunk, the planes of the tail's input that belong to
// it, and where they begin.
func (f *tailWork[T]) planes(chunk int) (n, from, to, at int) {
	n = chunk / f.t.OD
	from, to = f.t.planesOf(chunk % f.t.OD)
	return n, from, to, n*f.t.input() + f.t.at(from, 0, 0)
}

// tailValues normalises, rectifies and pools a plane.
type tailValues[T Float] struct{ *tailWork[T] }

func (f tailValues[T]) do(worker, chunk int) {
	work, q, t := passesOf[T](), &f.panes[worker], f.t
	q.norm(f.norm, t)
	q.taps = t.taps(q.taps, t.H*t.W, t.W)
	t.pooledRows(chunk/t.OD, chunk%t.OD, func(output, origin int) {
		q.z, q.y = f.z[origin:], f.y[output*t.C:]
		q.peak, q.code = nil, nil
		if f.peak != nil {
			q.peak = f.peak[output*t.C:]
		}
		if f.codes != nil {
			q.code = f.codes[output*q.codeStride:]
		}
		work.crest(q)
	})
}

// unchanged is the normalisation that leaves values as they are.
func (s *Scratch[T]) unchanged(channels int) *Norm[T] {
	both := take(&s.neutral, 2*channels)
	zeros, ones := both[:channels], both[channels:]
	clear(zeros)
	for i := range ones {
		ones[i] = 1
	}
	s.neutralNorm = Norm[T]{Center: zeros, Factor: ones, Offset: zeros}
	return &s.neutralNorm
}

func (q *panes[T]) norm(norm *Norm[T], t *Tail) {
	*q = panes[T]{taps: q.taps, first: q.first, second: q.second, wide: q.wide, folded: q.folded, count: t.OW, step: t.KW * t.C, channels: t.C, codeStride: CodeStride(t.C), floor: floorOf[T](t.Relu)}
	if norm != nil {
		q.center, q.factor, q.offset, q.pull, q.push = norm.Center, norm.Factor, norm.Offset, norm.Pull, norm.Push
	}
}

// NormBackward sets dz, which may be z itself, to the slope of z, given the outputs
// y of the tail and their slopes dy.
func NormBackward[T Float](p *Pool, s *Scratch[T], t *Tail, norm *Norm[T], z, y, dy []T, codes []uint8, dz []T) {
	if t.flat() && codes == nil {
		flatBackward(p, s, t, norm, z, y, dy, dz)
		return
	}
	s.tailWork = tailWork[T]{t: t, norm: norm, z: z, y: y, dy: dy, dz: dz, codes: codes, panes: s.panes(p)}
	p.run(t.N*t.OD, tailSlopes[T]{&s.tailWork})
}

// tailSlopes finds the slopes of the planes that belong to a plane of outputs.
type tailSlopes[T Float] struct{ *tailWork[T] }

func (f tailSlopes[T]) do(worker, chunk int) {
	n, from, to, at := f.planes(chunk)
	slopes(f.t, passesOf[T](), &f.panes[worker], f.norm, n, from, to, f.z[at:], f.y, f.dy, f.codes, f.dz[at:])
}

// slopes sets dz to the slopes of planes [from, to) of example n: the windows, and
// what they leave over. z and dz begin with the first plane.
func slopes[T Float](t *Tail, work *passes[T], q *panes[T], norm *Norm[T], n, from, to int, z, y, dy []T, codes []uint8, dz []T) {
	q.norm(norm, t)
	q.taps = t.taps(q.taps, t.H*t.W, t.W)
	pooled := min(to, t.OD*t.KD)
	for od := from / t.KD; od*t.KD < pooled; od++ {
		for oh := range t.OH {
			output := ((n*t.OD+od)*t.OH + oh) * t.OW
			origin := t.at(od*t.KD-from, oh*t.KH, 0)
			q.z, q.slope, q.y, q.dy = z[origin:], dz[origin:], y[output*t.C:], dy[output*t.C:]
			q.code = nil
			if codes != nil {
				q.code = codes[output*q.codeStride:]
			}
			work.spread(q)
		}
	}
	// Where no window reaches, only the statistics pull.
	q.taps, q.y, q.dy, q.code, q.step = append(q.taps[:0], 0), nil, nil, nil, t.C
	rest := func(d, h, w int) {
		if q.count = t.W - w; q.count > 0 {
			q.z, q.slope = z[t.at(d-from, h, w):], dz[t.at(d-from, h, w):]
			work.spread(q)
		}
	}
	for d := from; d < to; d++ {
		for h := range t.H {
			if d < pooled && h < t.OH*t.KH {
				rest(d, h, t.OW*t.KW)
			} else {
				rest(d, h, 0)
			}
		}
	}
}

// Scatter sets dz to the slopes behind a tail, given its outputs y and their
// slopes dy. A nil codes is that of a tail without pooling.
func Scatter[T Float](p *Pool, s *Scratch[T], t *Tail, y, dy []T, codes []uint8, dz []T) {
	s.tailWork = tailWork[T]{t: t, y: y, dy: dy, dz: dz, codes: codes, panes: s.panes(p)}
	p.run(t.N*t.OD, tailScatter[T]{&s.tailWork})
}

// tailScatter spreads the slopes of a plane of outputs.
type tailScatter[T Float] struct{ *tailWork[T] }

func (f tailScatter[T]) do(worker, chunk int) {
	n, from, to, at := f.planes(chunk)
	scatter(f.t, passesOf[T](), &f.panes[worker], n, from, to, f.y, f.dy, f.codes, f.dz[at:])
}

// scatter sets planes [from, to) of example n, of which dz begins with the first.
func scatter[T Float](t *Tail, work *passes[T], q *panes[T], n, from, to int, y, dy []T, codes []uint8, dz []T) {
	q.norm(nil, t)
	q.taps = t.taps(q.taps, t.H*t.W, t.W)
	if t.OD*t.KD != t.D || t.OH*t.KH != t.H || t.OW*t.KW != t.W {
		clear(dz[:t.at(to-from, 0, 0)])
	}
	for od := from / t.KD; od*t.KD < min(to, t.OD*t.KD); od++ {
		for oh := range t.OH {
			output := ((n*t.OD+od)*t.OH + oh) * t.OW
			q.z, q.y, q.dy = dz[t.at(od*t.KD-from, oh*t.KH, 0):], y[output*t.C:], dy[output*t.C:]
			q.code = nil
			if codes != nil {
				q.code = codes[output*q.codeStride:]
			}
			work.scatter(q)
		}
	}
}

// NormSums gives for each channel the sum of dy where y is above the floor, and of
// that times peak - center, over rows of channels. Single precision is summed over
// a few rows at a time only.
func NormSums[T Float](p *Pool, s *Scratch[T], rows, channels int, relu bool, y, dy, peak, center []T, sum, along []float64) {
	f := &s.normSums
	*f = normSums[T]{
		rows: rows, channels: channels, chunks: pieces(rows, sumRows), times: repeats(channels),
		floor: floorOf[T](relu), y: y, dy: dy, peak: peak, center: center, panes: s.panes(p),
	}
	parts := take(&s.sums, 2*f.chunks*channels)
	f.parts = parts
	p.run(f.chunks, f)
	clear(sum)
	clear(along)
	for ; len(parts) > 0; parts = parts[2*channels:] {
		for c := range channels {
			sum[c] += parts[c]
			along[c] += parts[channels+c]
		}
	}
}

// normSums sums up chunks of rows.
type normSums[T Float] struct {
	rows, channels, chunks, times int
	floor                         T
	y, dy, peak, center           []T
	parts                         []float64
	panes                         []panes[T]
}

func (f *normSums[T]) do(worker, chunk int) {
	work, q, channels := passesOf[T](), &f.panes[worker], f.channels
	q.sums(f.times * channels)
	q.wide = repeated(q.wide[:0], f.center[:channels], f.times)
	q.center, q.floor = q.wide, f.floor
	part := f.parts[2*chunk*channels:][:2*channels]
	clear(part)
	last := f.rows * (chunk + 1) / f.chunks
	for row := f.rows * chunk / f.chunks; row < last; {
		n := q.cut(channels, f.times, min(shortSum*f.times, last-row))
		q.y, q.dy, q.peak = f.y[row*channels:], f.dy[row*channels:], f.peak[row*channels:]
		work.against(q)
		q.fold(channels, part[:channels], part[channels:])
		row += n
	}
}

// GatedBiasGrad adds to db[c] the sum of dy where y is above the floor.
func GatedBiasGrad[T Float](p *Pool, s *Scratch[T], rows, channels int, relu bool, y, dy, db []T) {
	both := take(&s.biases, 2*channels)
	// What is summed up beside is not asked for; y is as good as anything.
	NormSums(p, s, rows, channels, relu, y, dy, y, y, both[:channels], both[channels:])
	for c := range db {
		db[c] += T(both[c])
	}
}

// sums readies a pane for sums by so many channels.
func (q *panes[T]) sums(channels int) {
	q.first, q.second = take(&q.first, channels), take(&q.second, channels)
}

// shortSum is how many numbers are summed in single precision.
const shortSum = 128

// Rectify sets all elements of y below 0 to 0.
func Rectify[T Float](p *Pool, s *Scratch[T], y []T) {
	s.gating = gating[T]{y: y, panes: s.panes(p)}
	p.run(pieces(len(y), stretch), gatingValues[T]{&s.gating})
}

// gating is a rectifier, a stretch of elements at a time.
type gating[T Float] struct {
	y, dy, dx []T
	panes     []panes[T]
}

// gatingValues rectifies a stretch.
type gatingValues[T Float] struct{ *gating[T] }

func (f gatingValues[T]) do(worker, chunk int) {
	f.panes[worker].rectify(passesOf[T](), f.y[chunk*stretch:min((chunk+1)*stretch, len(f.y))])
}

func (q *panes[T]) rectify(work *passes[T], y []T) {
	q.z, q.y, q.channels, q.floor = y, y, len(y), 0
	work.rectify(q)
}

// Gate sets dx to dy where y is above 0, else to 0.
func Gate[T Float](p *Pool, s *Scratch[T], y, dy, dx []T) {
	s.gating = gating[T]{y: y, dy: dy, dx: dx, panes: s.panes(p)}
	p.run(pieces(len(y), stretch), &s.gating)
}

// do finds the slopes of a stretch.
func (f *gating[T]) do(worker, chunk int) {
	from, to := chunk*stretch, min((chunk+1)*stretch, len(f.y))
	q := &f.panes[worker]
	q.z, q.y, q.dy, q.channels, q.floor = f.dx[from:to], f.y[from:to], f.dy[from:to], to-from, 0
	passesOf[T]().gate(q)
}

// stretch is how many elements a worker takes at a time.
const stretch = 8192
