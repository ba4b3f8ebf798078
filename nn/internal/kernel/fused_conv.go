package kernel

import "slices"

// slabBytes is how much of a result is computed before what follows it in the
// same pass: it is still in the second-level cache then.
const slabBytes = 256 << 10

// ConvForwardRelu is ConvForward, and sets what is below 0 to 0.
func ConvForwardRelu[T Float](p *Pool, s *Scratch[T], g *Conv, x, w, bias, y []T) {
	s.rectifier = rectifier[T]{panes: s.panes(p)}
	convForwardThen(p, s, g, x, w, bias, y, &s.rectifier)
}

// ConvForwardCurve is ConvForward into z, and sets y, which may be z, to a function
// of each element of z.
func ConvForwardCurve[T Float](p *Pool, s *Scratch[T], g *Conv, x, w, bias, z, y []T, value func(x, y []T)) {
	s.curving = curving[T]{of: &s.followed, y: y, value: value}
	convForwardThen(p, s, g, x, w, bias, z, &s.curving)
}

// curving computes a function of what was computed.
type curving[T Float] struct {
	of    *followed[T]
	y     []T
	value func(x, y []T)
}

// Take computes it of the rows of a piece.
func (f *curving[T]) Take(_, piece int, rows []T) {
	from, to := f.of.part(piece)
	f.value(rows, f.y[from:to])
}

// ConvTransposeCurve is ConvTranspose into z, and sets x, which may be z, to a
// function of each element of z.
func ConvTransposeCurve[T Float](p *Pool, s *Scratch[T], g *Conv, y, w, bias, z, x []T, value func(x, y []T)) {
	wide := g.gathered(&s.wideConv)
	w, g = gather(s, g, wide, w), wide
	slabs := min(g.D, pieces(4*g.D*g.H*g.W*g.C, slabBytes))
	if Choose(g) == Winograd {
		// Its pieces are tiles of several examples.
		winogradTranspose(p, s, g, y, w, bias, z)
		s.curving = curving[T]{of: &s.followed, y: x, value: value}
		s.followed = followed[T]{planes: g.D, plane: g.H * g.W * g.C, slabs: slabs, y: z, then: &s.curving}
		p.run(g.N*slabs, &s.followed)
		return
	}
	f := &s.curvedSweep
	*f = curvedSweep[T]{sweep: transposeSweep(p, s, g, y, w, bias, z), y: x, value: value}
	f.hands, f.panelParts = s.crew(p), 1
	f.slabs = max(f.slabs, slabs)
	p.run(f.examples*f.slabs, f)
}

// curvedSweep is a sweep with a function of each element of its result.
type curvedSweep[T Float] struct {
	*sweep[T]
	y     []T
	value func(x, y []T)
}

// do computes a slab of an example. Its planes do not lie one behind the other where
// there are strides.
func (f *curvedSweep[T]) do(worker, chunk int) {
	slab, example := chunk%f.slabs, chunk/f.slabs
	f.part(&f.hands[worker], example, slab, 0)
	plane := f.out[1] * f.out[2] * f.resultChannels
	for d := range f.axes[0] {
		phase := &f.axes[0][d]
		from, to := f.slab(phase, slab)
		for j := from; j < to; j++ {
			at := (example*f.out[0] + phase.first + j*phase.stride) * plane
			f.value(f.result[at:][:plane], f.y[at:][:plane])
		}
	}
}

// ConvForwardMoments is ConvForward, and takes the moments of y's channels.
func ConvForwardMoments[T Float](p *Pool, s *Scratch[T], g *Conv, x, w, bias, y []T, m *Moments[T]) {
	m.Begin(p, g.pieces(), g.K)
	convForwardThen(p, s, g, x, w, bias, y, m)
	m.Join()
}

// ConvForwardEachMoments is ConvForward, and takes the moments of y's channels in
// each example.
func ConvForwardEachMoments[T Float](p *Pool, s *Scratch[T], g *Conv, x, w, bias, y []T, m *Moments[T]) {
	m.Begin(p, g.pieces(), g.K)
	convForwardThen(p, s, g, x, w, bias, y, m)
	m.JoinEach(g.N)
}

// follower is what is done to each piece of a result while it is in the cache.
type follower[T Float] interface {
	// Take works on the rows of a piece; see task for the worker.
	Take(worker, piece int, rows []T)
}

// convForwardThen is ConvForward, followed by then for each piece of y, of which
// there are g.pieces(). Pieces are worked on at the same time.
func convForwardThen[T Float](p *Pool, s *Scratch[T], g *Conv, x, w, bias, y []T, then follower[T]) {
	f := &s.followed
	*f = followed[T]{planes: g.OD, plane: g.OH * g.OW * g.K, slabs: g.slabs(), y: y, then: then}
	wide := g.gathered(&s.wideConv)
	w, g = gather(s, g, wide, w), wide
	if Choose(g) == Winograd {
		// Its pieces are tiles of several examples.
		winogradForward(p, s, g, x, w, bias, y)
		p.run(g.pieces(), f)
		return
	}
	f.v, f.hands = forwardSweep(p, s, g.flat(&s.flat), x, w, bias, y, true), s.crew(p)
	f.v.slabs, f.v.panelParts = f.slabs, 1
	p.run(g.pieces(), f)
}

// followed is a convolution and what is done to each piece of its result.
type followed[T Float] struct {
	// planes are those of an example, of plane elements each.
	planes, plane, slabs int
	y                    []T
	then                 follower[T]
	// v computes a piece; nil if that has been done.
	v     *sweep[T]
	hands []hand[T]
}

func (f *followed[T]) do(worker, piece int) {
	if f.v != nil {
		f.v.part(&f.hands[worker], piece/f.slabs, piece%f.slabs, 0)
	}
	from, to := f.part(piece)
	f.then.Take(worker, piece, f.y[from:to])
}

// part is what belongs to a piece.
func (f *followed[T]) part(piece int) (from, to int) {
	slab, example := piece%f.slabs, piece/f.slabs
	first := example * f.planes
	return (first + f.planes*slab/f.slabs) * f.plane, (first + f.planes*(slab+1)/f.slabs) * f.plane
}

// rectifier sets what is below 0 to 0.
type rectifier[T Float] struct{ panes []panes[T] }

// Take rectifies rows.
func (f *rectifier[T]) Take(worker, _ int, rows []T) {
	f.panes[worker].rectify(passesOf[T](), rows)
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
	// rows are those that are cut into pieces, of each example of so many.
	rows           []T
	examples, cuts int
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

// put gives the moments of columns from the given one on, of a piece of so many rows: the
// sums of what they are away from a centre, and of its squares.
func (m *Moments[T]) put(piece, column, count int, center []T, away, squares []float64) {
	parts := m.parts[piece*2*m.columns:]
	for c, from := range center {
		mean := away[c] / float64(count)
		parts[column+c], parts[m.columns+column+c] = float64(from)+mean, squares[c]-away[c]*mean
	}
	m.counts[piece] = count
}

// Of takes the moments of all rows.
func (m *Moments[T]) Of(p *Pool, rows []T, columns int) {
	m.rows, m.examples, m.cuts = rows, 1, pieces(len(rows)/columns, sumRows)
	m.Begin(p, m.cuts, columns)
	p.run(m.cuts, m)
	m.Join()
}

func (m *Moments[T]) do(worker, piece int) {
	_, from, to := cutRows(piece, m.cuts, len(m.rows)/m.columns/m.examples, m.columns)
	m.Take(worker, piece, m.rows[from:to])
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
