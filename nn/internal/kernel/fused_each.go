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
	work, panes := passesOf[T](), s.panes(p)
	eachRows(p, examples, len(z)/channels/examples, channels, func(worker, _, n, from, to int) {
		q := &panes[worker]
		q.each(norm, n, channels, (to-from)/channels)
		q.z, q.y = z[from:to], y[from:to]
		work.crest(q)
	})
}

// EachBackward sets dz to the slope of z, given that of the normalised z.
func EachBackward[T Float](p *Pool, s *Scratch[T], examples, channels int, norm *Norm[T], z, dy, dz []T) {
	work, panes := passesOf[T](), s.panes(p)
	eachRows(p, examples, len(z)/channels/examples, channels, func(worker, _, n, from, to int) {
		q := &panes[worker]
		q.each(norm, n, channels, (to-from)/channels)
		// No output is cut off at the floor, so any array will do for y.
		q.z, q.y, q.dy, q.slope = z[from:to], z[from:to], dy[from:to], dz[from:to]
		work.spread(q)
	})
}

// each readies a pane for rows of an example.
func (q *panes[T]) each(norm *Norm[T], n, channels, rows int) {
	of := func(numbers []T) []T { return numbers[n*channels:][:channels] }
	*q = panes[T]{
		taps: append(q.taps[:0], 0), first: q.first, second: q.second, count: rows, step: channels, channels: channels, floor: floorOf[T](false),
		center: of(norm.Center), factor: of(norm.Factor), offset: of(norm.Offset), pull: of(norm.Pull), push: of(norm.Push),
	}
}

// EachSums gives for each example and channel the sum of dy, and of that times
// z - center. Single precision is summed over a few rows at a time only.
func EachSums[T Float](p *Pool, s *Scratch[T], examples, channels int, z, dy, center []T, sum, along []float64) {
	work, panes := passesOf[T](), s.panes(p)
	rows := len(z) / channels / examples
	cuts := pieces(rows, max(1, stretch/channels))
	parts := take(&s.sums, 2*examples*cuts*channels)
	eachRows(p, examples, rows, channels, func(worker, piece, n, from, to int) {
		q := &panes[worker]
		q.sums(channels)
		q.center, q.floor = center[n*channels:][:channels], floorOf[T](false)
		part := parts[2*piece*channels:][:2*channels]
		clear(part)
		for at := from; at < to; at += q.count * channels {
			q.count = min(shortSum, (to-at)/channels)
			q.y, q.dy, q.peak = z[at:], dy[at:], z[at:]
			work.against(q)
			for c := range channels {
				part[c] += float64(q.first[c])
				part[channels+c] += float64(q.second[c])
			}
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
