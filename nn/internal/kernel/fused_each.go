package kernel

// Normalisation with statistics of each example: the rows of an example are
// [rows, channels], and what Norm holds are numbers for each example and channel,
// [examples, channels].

// rowCuts is into how many pieces of about so many elements the rows of an example
// are cut: enough of them to be worth the numbers of positions taken as one.
func rowCuts(rows, channels int) int {
	return pieces(rows, max(1, stretch/channels, 64*repeats(channels)))
}

// cutRows is what belongs to a piece, where the rows of every example are cut into
// so many: its example, and its part of the elements of all.
func cutRows(piece, cuts, rows, channels int) (example, from, to int) {
	example, cut := piece/cuts, piece%cuts
	return example, (example*rows + rows*cut/cuts) * channels, (example*rows + rows*(cut+1)/cuts) * channels
}

// eachWork is a task on the pieces of all examples.
type eachWork[T Float] struct {
	cuts, rows, channels, times int
	panes                       []panes[T]
	norm                        *Norm[T]
	bend                        Bend[T]
	hands                       []hand[T]
	z, y, dy, dz, center        []T
	parts                       []float64
}

// each readies such a task.
func (s *Scratch[T]) each(p *Pool, examples, channels int, norm *Norm[T], z []T) *eachWork[T] {
	f := &s.eachWork
	rows := len(z) / channels / examples
	*f = eachWork[T]{
		cuts: rowCuts(rows, channels), rows: rows, channels: channels, times: repeats(channels),
		panes: s.panes(p), norm: norm, z: z,
	}
	return f
}

// EachMoments takes the moments of every example's rows: Mean and Variance are
// [examples, channels].
func (m *Moments[T]) EachMoments(p *Pool, examples, channels int, rows []T) {
	cuts := rowCuts(len(rows)/channels/examples, channels)
	m.rows, m.examples, m.cuts = rows, examples, cuts
	m.Begin(p, examples*cuts, channels)
	p.run(examples*cuts, m)
	m.JoinEach(examples)
}

// JoinEach joins the pieces of each example.
func (m *Moments[T]) JoinEach(examples int) {
	channels, cuts := m.columns, len(m.counts)/examples
	m.Mean, m.Variance = take(&m.Mean, examples*channels), take(&m.Variance, examples*channels)
	for n := range examples {
		m.join(n*cuts, (n+1)*cuts, m.Mean[n*channels:][:channels], m.Variance[n*channels:][:channels])
	}
}

// EachForward sets y to the normalised z.
func EachForward[T Float](p *Pool, s *Scratch[T], examples, channels int, norm *Norm[T], z, y []T) {
	f := s.each(p, examples, channels, norm, z)
	f.y = y
	p.run(examples*f.cuts, eachForward[T]{f})
}

// eachForward normalises a piece.
type eachForward[T Float] struct{ *eachWork[T] }

func (f eachForward[T]) do(worker, piece int) {
	work, q := passesOf[T](), &f.panes[worker]
	n, from, to := cutRows(piece, f.cuts, f.rows, f.channels)
	q.each(f.norm, n, f.channels, f.times)
	for from < to {
		first, last := from, f.some(from, to)
		for from < last {
			rows := q.cut(f.channels, f.times, (last-from)/f.channels)
			q.z, q.y = f.z[from:], f.y[from:]
			work.crest(q)
			from += rows * f.channels
		}
		if f.bend.Value != nil {
			f.bend.Value(f.y[first:last], f.y[first:last])
		}
	}
}

// EachBackward sets dz to the slope of z, given that of the normalised z.
func EachBackward[T Float](p *Pool, s *Scratch[T], examples, channels int, norm *Norm[T], z, dy, dz []T) {
	f := s.each(p, examples, channels, norm, z)
	f.dy, f.dz = dy, dz
	p.run(examples*f.cuts, eachBackward[T]{f})
}

// eachBackward finds the slopes of a piece.
type eachBackward[T Float] struct{ *eachWork[T] }

func (f eachBackward[T]) do(worker, piece int) {
	work, q := passesOf[T](), &f.panes[worker]
	n, from, to := cutRows(piece, f.cuts, f.rows, f.channels)
	q.each(f.norm, n, f.channels, f.times)
	for from < to {
		last := f.some(from, to)
		up := f.upstream(worker, from, last)
		for from < last {
			rows := q.cut(f.channels, f.times, (last-from)/f.channels)
			// Nothing is below the floor, so any array will do for y.
			q.z, q.y, q.dy, q.slope = f.z[from:], f.z[from:], up, f.dz[from:]
			work.spread(q)
			from, up = from+rows*f.channels, up[rows*f.channels:]
		}
	}
}

// each readies a pane for so many rows of an example at a time.
func (q *panes[T]) each(norm *Norm[T], n, channels, times int) {
	wide := take(&q.wide, 5*times*channels)[:0]
	next := func(numbers []T) []T {
		first := len(wide)
		wide = repeated(wide, numbers[n*channels:][:channels], times)
		return wide[first:]
	}
	*q = panes[T]{
		taps: append(q.taps[:0], 0), first: q.first, second: q.second, wide: q.wide, folded: q.folded, floor: floorOf[T](false),
		center: next(norm.Center), factor: next(norm.Factor), offset: next(norm.Offset), pull: next(norm.Pull), push: next(norm.Push),
	}
}

// EachSums gives for each example and channel the sum of dy, and of that times
// z - center. Single precision is summed over a few rows at a time only.
func EachSums[T Float](p *Pool, s *Scratch[T], examples, channels int, z, dy, center []T, sum, along []float64) {
	f := s.each(p, examples, channels, nil, z)
	f.dy = dy
	f.addUp(p, s, examples, center, sum, along)
}

// addUp computes the sums of all examples.
func (f *eachWork[T]) addUp(p *Pool, s *Scratch[T], examples int, center []T, sum, along []float64) {
	channels := f.channels
	f.center, f.parts = center, take(&s.sums, 2*examples*f.cuts*channels)
	p.run(examples*f.cuts, eachSums[T]{f})
	clear(sum)
	clear(along)
	for piece := range examples * f.cuts {
		n, part := piece/f.cuts, f.parts[2*piece*channels:][:2*channels]
		for c := range channels {
			sum[n*channels+c] += part[c]
			along[n*channels+c] += part[channels+c]
		}
	}
}

// eachSums sums up a piece.
type eachSums[T Float] struct{ *eachWork[T] }

func (f eachSums[T]) do(worker, piece int) {
	work, q, channels := passesOf[T](), &f.panes[worker], f.channels
	n, from, to := cutRows(piece, f.cuts, f.rows, channels)
	q.sums(f.times * channels)
	q.wide = repeated(q.wide[:0], f.center[n*channels:][:channels], f.times)
	q.center, q.floor = q.wide, floorOf[T](false)
	part := f.parts[2*piece*channels:][:2*channels]
	clear(part)
	for from < to {
		last := f.some(from, to)
		up := f.upstream(worker, from, last)
		for from < last {
			rows := q.cut(channels, f.times, min(shortSum*f.times, (last-from)/channels))
			q.y, q.dy, q.peak = f.z[from:], up, f.z[from:]
			work.against(q)
			q.fold(channels, part[:channels], part[channels:])
			from, up = from+rows*channels, up[rows*channels:]
		}
	}
}
