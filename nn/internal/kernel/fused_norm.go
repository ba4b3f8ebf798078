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
	work := passesOf[T]()
	panes := s.panes(p)
	p.run(t.N*t.OD, func(worker, chunk int) {
		q := &panes[worker]
		q.norm(norm, t)
		q.taps = t.taps(q.taps, t.H*t.W, t.W)
		t.pooledRows(chunk/t.OD, chunk%t.OD, func(output, origin int) {
			q.z, q.y = z[origin:], y[output*t.C:]
			q.peak, q.code = nil, nil
			if peak != nil {
				q.peak = peak[output*t.C:]
			}
			if codes != nil {
				q.code = codes[output*q.codeStride:]
			}
			work.crest(q)
		})
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
	return &Norm[T]{Center: zeros, Factor: ones, Offset: zeros}
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
	work := passesOf[T]()
	panes := s.panes(p)
	p.run(t.N*t.OD, func(worker, chunk int) {
		q := &panes[worker]
		n, od := chunk/t.OD, chunk%t.OD
		last := t.D
		if od+1 < t.OD {
			last = (od + 1) * t.KD
		}
		from := n*t.input() + t.at(od*t.KD, 0, 0)
		slopes(t, work, q, norm, n, od*t.KD, last, z[from:], y, dy, codes, dz[from:])
	})
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
	work := passesOf[T]()
	panes := s.panes(p)
	p.run(t.N*t.OD, func(worker, chunk int) {
		q := &panes[worker]
		n, od := chunk/t.OD, chunk%t.OD
		last := t.D
		if od+1 < t.OD {
			last = (od + 1) * t.KD
		}
		scatter(t, work, q, n, od*t.KD, last, y, dy, codes, dz[n*t.input()+t.at(od*t.KD, 0, 0):])
	})
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
	work := passesOf[T]()
	chunks, times := pieces(rows, sumRows), repeats(channels)
	parts := take(&s.sums, 2*chunks*channels)
	panes := s.panes(p)
	p.run(chunks, func(worker, chunk int) {
		q := &panes[worker]
		q.sums(times * channels)
		q.wide = repeated(q.wide[:0], center[:channels], times)
		q.center, q.floor = q.wide, floorOf[T](relu)
		part := parts[2*chunk*channels:][:2*channels]
		clear(part)
		last := rows * (chunk + 1) / chunks
		for row := rows * chunk / chunks; row < last; {
			n := q.cut(channels, times, min(shortSum*times, last-row))
			q.y, q.dy, q.peak = y[row*channels:], dy[row*channels:], peak[row*channels:]
			work.against(q)
			q.fold(channels, part[:channels], part[channels:])
			row += n
		}
	})
	clear(sum)
	clear(along)
	for ; len(parts) > 0; parts = parts[2*channels:] {
		for c := range channels {
			sum[c] += parts[c]
			along[c] += parts[channels+c]
		}
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
	work := passesOf[T]()
	panes := s.panes(p)
	p.run(pieces(len(y), stretch), func(worker, chunk int) {
		panes[worker].rectify(work, y[chunk*stretch:min((chunk+1)*stretch, len(y))])
	})
}

func (q *panes[T]) rectify(work *passes[T], y []T) {
	q.z, q.y, q.channels, q.floor = y, y, len(y), 0
	work.rectify(q)
}

// Gate sets dx to dy where y is above 0, else to 0.
func Gate[T Float](p *Pool, s *Scratch[T], y, dy, dx []T) {
	work := passesOf[T]()
	panes := s.panes(p)
	p.run(pieces(len(y), stretch), func(worker, chunk int) {
		from, to := chunk*stretch, min((chunk+1)*stretch, len(y))
		q := &panes[worker]
		q.z, q.y, q.dy, q.channels, q.floor = dx[from:to], y[from:to], dy[from:to], to-from, 0
		work.gate(q)
	})
}

// stretch is how many elements a worker takes at a time.
const stretch = 8192
