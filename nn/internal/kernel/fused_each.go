package kernel

// Normalisation with statistics of each example: the rows of an example are
// [rows, channels], and what Norm holds are numbers for each example and channel,
// [examples, channels].

// eachRows cuts the rows of every example into pieces of about so many elements,
// and calls work for them, several at the same time.
func eachRows(p *Pool, examples, rows, channels int, work func(worker, piece, example, from, to int)) {
	cuts := pieces(rows, max(1, stretch/channels))
	p.run(examples*cuts, func(worker, piece int) {
		example, cut := piece/cuts, piece%cuts
		work(worker, piece, example, (example*rows+rows*cut/cuts)*channels, (example*rows+rows*(cut+1)/cuts)*channels)
	})
}

// EachMoments takes the moments of every example's rows: Mean and Variance are
// [examples, channels].
func (m *Moments[T]) EachMoments(p *Pool, examples, channels int, rows []T) {
	count := len(rows) / channels / examples
	cuts := pieces(count, max(1, stretch/channels))
	m.Begin(p, examples*cuts, channels)
	m.Mean, m.Variance = take(&m.Mean, examples*channels), take(&m.Variance, examples*channels)
	eachRows(p, examples, count, channels, func(worker, piece, _, from, to int) { m.Take(worker, piece, rows[from:to]) })
	for n := range examples {
		m.join(n*cuts, (n+1)*cuts, m.Mean[n*channels:][:channels], m.Variance[n*channels:][:channels])
	}
}

// EachForward sets y to the normalised z.
func EachForward[T Float](p *Pool, s *Scratch[T], examples, channels int, norm *Norm[T], z, y []T) {
	work, panes, times := passesOf[T](), s.panes(p), repeats(channels)
	eachRows(p, examples, len(z)/channels/examples, channels, func(worker, _, n, from, to int) {
		q := &panes[worker]
		q.each(norm, n, channels, times)
		for from < to {
			rows := q.cut(channels, times, (to-from)/channels)
			q.z, q.y = z[from:], y[from:]
			work.crest(q)
			from += rows * channels
		}
	})
}

// EachBackward sets dz to the slope of z, given that of the normalised z.
func EachBackward[T Float](p *Pool, s *Scratch[T], examples, channels int, norm *Norm[T], z, dy, dz []T) {
	work, panes, times := passesOf[T](), s.panes(p), repeats(channels)
	eachRows(p, examples, len(z)/channels/examples, channels, func(worker, _, n, from, to int) {
		q := &panes[worker]
		q.each(norm, n, channels, times)
		for from < to {
			rows := q.cut(channels, times, (to-from)/channels)
			// Nothing is below the floor, so any array will do for y.
			q.z, q.y, q.dy, q.slope = z[from:], z[from:], dy[from:], dz[from:]
			work.spread(q)
			from += rows * channels
		}
	})
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
	work, panes, times := passesOf[T](), s.panes(p), repeats(channels)
	rows := len(z) / channels / examples
	cuts := pieces(rows, max(1, stretch/channels))
	parts := take(&s.sums, 2*examples*cuts*channels)
	eachRows(p, examples, rows, channels, func(worker, piece, n, from, to int) {
		q := &panes[worker]
		q.sums(times * channels)
		q.wide = repeated(q.wide[:0], center[n*channels:][:channels], times)
		q.center, q.floor = q.wide, floorOf[T](false)
		part := parts[2*piece*channels:][:2*channels]
		clear(part)
		for from < to {
			rows := q.cut(channels, times, min(shortSum*times, (to-from)/channels))
			q.y, q.dy, q.peak = z[from:], dy[from:], z[from:]
			work.against(q)
			q.fold(channels, part[:channels], part[channels:])
			from += rows * channels
		}
	})
	clear(sum)
	clear(along)
	for piece := range examples * cuts {
		n, part := piece/cuts, parts[2*piece*channels:][:2*channels]
		for c := range channels {
			sum[n*channels+c] += part[c]
			along[n*channels+c] += part[channels+c]
		}
	}
}
