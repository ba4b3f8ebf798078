package kernel

import "slices"

// slabBytes is how much of a result is computed before what follows it in the
// same pass: it is still in the second-level cache then.
const slabBytes = 256 << 10

// ConvForwardRelu is ConvForward, and sets what is below 0 to 0.
func ConvForwardRelu[T Float](p *Pool, s *Scratch[T], g *Conv, x, w, bias, y []T) {
	work, windows := passesOf[T](), s.panes(p)
	convForwardThen(p, s, g, x, w, bias, y, func(worker, _ int, rows []T) {
		windows[worker].rectify(work, rows)
	})
}

// ConvForwardMoments is ConvForward, and takes the moments of y's channels.
func ConvForwardMoments[T Float](p *Pool, s *Scratch[T], g *Conv, x, w, bias, y []T, m *Moments[T]) {
	m.Begin(p, g.pieces(), g.K)
	convForwardThen(p, s, g, x, w, bias, y, m.Take)
	m.Join()
}

// convForwardThen is ConvForward, followed by then for each piece of y, of which
// there are g.pieces(). Pieces are worked on at the same time.
func convForwardThen[T Float](p *Pool, s *Scratch[T], g *Conv, x, w, bias, y []T, then func(worker, piece int, rows []T)) {
	size, slabs := g.OD*g.OH*g.OW*g.K, g.slabs()
	plane := size / g.OD
	rows := func(example, slab int) []T {
		return y[example*size:][g.OD*slab/slabs*plane : g.OD*(slab+1)/slabs*plane]
	}
	wide := g.gathered()
	w, g = gather(s, g, wide, w), wide
	if Choose(g) == Winograd {
		// Its pieces are tiles of several examples.
		winogradForward(p, s, g, x, w, bias, y)
		p.run(g.pieces(), func(worker, piece int) { then(worker, piece, rows(piece/slabs, piece%slabs)) })
		return
	}
	v := forwardSweep(p, s, g.flat(), x, w, bias, y, true)
	v.slabs, v.panelParts = slabs, 1
	hands := s.crew(p)
	p.run(g.pieces(), func(worker, piece int) {
		slab, example := piece%slabs, piece/slabs
		v.part(&hands[worker], example, slab, 0)
		then(worker, piece, rows(example, slab))
	})
}

// slabs is into how many pieces an example's output is cut.
func (g *Conv) slabs() int {
	return min(g.OD, pieces(4*g.OD*g.OH*g.OW*g.K, slabBytes))
}

// pieces is how many pieces of the output convForwardThen follows up.
func (g *Conv) pieces() int { return g.N * g.slabs() }

// Moments are the means and variances of columns, taken piece by piece. Each
// piece sums a few rows in single precision, measured from the first of them, and
// joins them in double precision by the formula of Chan, Golub and LeVeque (1979);
// the pieces are joined in their order. So any number of threads gives the same
// bits, and a mean far from 0 costs no precision.
type Moments[T Float] struct {
	// Mean and Variance, the biased one, are there after Join.
	Mean, Variance []float64

	columns int
	// parts are for each piece the means and the sums of squares.
	parts  []float64
	counts []int
	panes  []panes[T]
}

// Begin prepares for so many pieces of rows with so many columns.
func (m *Moments[T]) Begin(p *Pool, count, columns int) {
	m.columns = columns
	m.Mean, m.Variance = take(&m.Mean, columns), take(&m.Variance, columns)
	m.parts = take(&m.parts, count*2*columns)
	m.counts = slices.Grow(m.counts[:0], count)[:count]
	for len(m.panes) < p.Threads() {
		m.panes = append(m.panes, panes[T]{})
	}
}

// Take adds a piece.
func (m *Moments[T]) Take(worker, piece int, rows []T) {
	columns, q, work := m.columns, &m.panes[worker], passesOf[T]()
	times := repeats(columns)
	q.sums(times * columns)
	sums := take(&q.folded, 2*columns)
	mean := m.parts[piece*2*columns:][:columns]
	squares := m.parts[(piece*2+1)*columns:][:columns]
	clear(mean)
	clear(squares)
	done := 0
	for len(rows) > 0 {
		count := q.cut(columns, times, min(shortSum*times, len(rows)/columns))
		q.wide = repeated(q.wide[:0], rows[:columns], q.channels/columns)
		q.z, q.center = rows, q.wide
		work.moments(q)
		clear(sums)
		q.fold(columns, sums[:columns], sums[columns:])
		n := float64(count)
		for c := range columns {
			away := sums[c] / n
			join(mean, squares, c, float64(done), n, float64(rows[c])+away, sums[columns+c]-sums[c]*away)
		}
		done += count
		rows = rows[count*columns:]
	}
	m.counts[piece] = done
}

// Of takes the moments of all rows.
func (m *Moments[T]) Of(p *Pool, rows []T, columns int) {
	count := len(rows) / columns
	cuts := pieces(count, sumRows)
	m.Begin(p, cuts, columns)
	p.run(cuts, func(worker, piece int) {
		m.Take(worker, piece, rows[count*piece/cuts*columns:count*(piece+1)/cuts*columns])
	})
	m.Join()
}

// Join joins the pieces.
func (m *Moments[T]) Join() { m.join(0, len(m.counts), m.Mean, m.Variance) }

// join joins the pieces [from, to).
func (m *Moments[T]) join(from, to int, mean, variance []float64) {
	clear(mean)
	clear(variance)
	done := 0
	for piece := from; piece < to; piece++ {
		count := m.counts[piece]
		if count == 0 {
			continue
		}
		part := m.parts[piece*2*m.columns:][:2*m.columns]
		for c := range m.columns {
			join(mean, variance, c, float64(done), float64(count), part[c], part[m.columns+c])
		}
		done += count
	}
	for c := range variance {
		variance[c] = max(0, variance[c]/float64(done))
	}
}

// join adds n numbers with a mean and a sum of squares about it to those there
// are.
func join(means, squares []float64, c int, done, n, mean, square float64) {
	gap := mean - means[c]
	means[c] += gap * n / (done + n)
	squares[c] += square + gap*gap*done*n/(done+n)
}

// Method names how the convolution is computed.
func (g *Conv) Method() string { return Choose(g).String() }
