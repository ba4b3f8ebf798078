package kernel

// The blocks of a matrix product. rowBlock rows of a, depthBlock long, stay in the
// second-level cache while one piece of a panel of b after the other meets them, of
// which the next is fetched meanwhile. So long a piece is rarely one of several, for
// which c would be read and written again.
const (
	depthBlock = 1024
	rowBlock   = 112
	// rowGap keeps the rows of a strip from falling into the same set of the
	// cache.
	rowGap = 16
	// longSum is a sum long enough to be cut up when the result alone gives too
	// few chunks.
	longSum = 1024
)

// MatMul computes c = op(a)·op(b), or adds that to c. All are row-major: c is
// [m, n], a is [m, k] or, if transA, [k, m]; b is [k, n] or, if transB, [n, k].
func MatMul[T Float](p *Pool, s *Scratch[T], m, n, k int, a, b, c []T, transA, transB, add bool) {
	if m == 0 || n == 0 || narrowMatMul(p, s, m, n, k, a, b, c, transA, transB, add) {
		return
	}
	q := &s.product
	*q = product[T]{engine: engineOf[T](), m: m, n: n, k: k, a: a, b: b, aRow: k, aStep: 1, c: c, add: add, hands: s.crew(p), depths: 1}
	if transA {
		q.aRow, q.aStep = 1, m
	}
	q.panels = pieces(n, q.engine.cols)
	q.rows = rowBlock / q.engine.rows * q.engine.rows
	blocks := pieces(m, q.rows)
	q.parts = min(q.panels, pieces(enoughChunks, blocks))
	if blocks*q.parts < sumChunks && k >= 2*longSum {
		q.depths = min(sumChunks, k/longSum)
	} else if blocks*q.parts < enoughChunks {
		// Fewer rows in a block make more blocks, but not less than a strip.
		q.rows = max(q.engine.rows, pieces(m*q.parts, enoughChunks))
		blocks = pieces(m, q.rows)
	}
	switch {
	case q.panels == 1 && !transB:
		// b is one panel as it is.
	case blocks == 1:
		q.columns, q.transposed = true, transB
	default:
		q.b = take(&s.weights, n*k)
		q.packAll(p, b, transB)
	}
	if q.depths == 1 {
		p.run(blocks*q.parts, q)
		return
	}
	q.c, q.add = take(&s.partials, q.depths*m*n), false
	p.run(blocks*q.parts*q.depths, q)
	if !add {
		clear(c[:m*n])
	}
	addParts(p, s, q.c, q.depths, c[:m*n])
}

// product is a matrix product.
type product[T Float] struct {
	engine  *engine[T]
	m, n, k int
	a       []T
	// b is [panels][k][columns of the panel]; or, if each of its elements is
	// used by one chunk only, it is as it was given, perhaps transposed, and a
	// chunk copies the columns that it needs.
	b                   []T
	columns, transposed bool
	// given is b before it is laid out in panels.
	given       []T
	aRow, aStep int
	panels      int
	// Work is cut into blocks of rows × parts of the panels.
	rows, parts int
	// The sum is cut into depths, the results of which lie in c one after the other.
	depths int
	c      []T
	add    bool
	hands  []hand[T]
}

func (q *product[T]) do(worker, chunk int) {
	size, depth := q.m*q.n, chunk%q.depths
	into := q.c[depth*size:][:size]
	q.chunk(&q.hands[worker], into, chunk/q.depths, q.k*depth/q.depths, q.k*(depth+1)/q.depths, q.add)
}

// packAll lays b out in panels.
func (q *product[T]) packAll(p *Pool, b []T, transposed bool) {
	q.given, q.transposed = b, transposed
	p.run(pieces(q.k, packSpan), productPanels[T]{q})
}

// packSpan is how many rows of b a worker lays out at a time.
const packSpan = 128

// productPanels lays b out in panels.
type productPanels[T Float] struct{ *product[T] }

func (q productPanels[T]) do(_, chunk int) {
	// A few rows at a time, all panels: long rows lie on pages of their own, and
	// often in the same set of the cache.
	const few = 8
	last := min((chunk+1)*packSpan, q.k)
	for l := chunk * packSpan; l < last; l += few {
		for panel := range q.panels {
			first, cols := q.panel(panel)
			q.pack(q.b[first*q.k+l*cols:], q.given, q.transposed, panel, l, min(l+few, last))
		}
	}
}

// panel is the first column and the number of columns of a panel.
func (q *product[T]) panel(panel int) (first, cols int) {
	first = panel * q.engine.cols
	return first, min(q.engine.cols, q.n-first)
}

// pack lays out rows [l0, l1) of a panel of b.
func (q *product[T]) pack(to, b []T, transposed bool, panel, l0, l1 int) {
	first, cols := q.panel(panel)
	if !transposed {
		for l := l0; l < l1; l++ {
			copy(to[(l-l0)*cols:][:cols], b[l*q.n+first:])
		}
		return
	}
	// A line of each column at a time, or what is written would not stay close.
	const line = 16
	for l := l0; l < l1; l += line {
		for j := range cols {
			at := (l-l0)*cols + j
			for _, v := range b[(first+j)*q.k+l:][:min(line, l1-l)] {
				to[at] = v
				at += cols
			}
		}
	}
}

// chunk computes one chunk's block of c for the sum over [l0, l1).
func (q *product[T]) chunk(h *hand[T], c []T, chunk, l0, l1 int, add bool) {
	block, part := chunk/q.parts, chunk%q.parts
	blocks := pieces(q.m, q.rows)
	i0, i1 := q.m*block/blocks, q.m*(block+1)/blocks
	p0, p1 := q.panels*part/q.parts, q.panels*(part+1)/q.parts
	t := &h.tile
	*t = tile[T]{cRow: q.n, add: add}
	h.runs = append(h.runs[:0], run{})
	t.runs = h.runs
	for l := l0; l == l0 || l < l1; l += depthBlock {
		t.length = min(depthBlock, l1-l)
		// A strip that meets one or two panels is not worth copying.
		rows := q.a[min(i0*q.aRow+l*q.aStep, len(q.a)):]
		t.aRow, t.aStep = q.aRow, q.aStep
		if p1-p0 > 2 {
			rows = q.copyRows(h, i0, i1, l, t)
		}
		for panel := p0; panel < p1; panel++ {
			first, cols := q.panel(panel)
			t.cols, t.bStep = cols, cols
			if q.columns {
				t.b = take(&h.columns, t.length*cols)
				q.pack(t.b, q.b, q.transposed, panel, l, l+t.length)
			} else {
				t.b = q.b[first*q.k+l*cols:]
			}
			strips := pieces(i1-i0, q.engine.rows)
			t.ahead, t.pace = 0, 0
			if !q.columns && panel+1 < p1 {
				t.ahead, t.pace = q.k*cols, pieces(cols, strips)
			}
			for i := range strips {
				r0, r1 := strip(i1-i0, q.engine.rows, i)
				t.rows = r1 - r0
				t.a = rows[min(r0*t.aRow, len(rows)):]
				t.c = c[(i0+r0)*q.n+first:]
				q.engine.compute(t)
				t.ahead += t.length * t.pace
			}
		}
		t.add = true
	}
}

// copyRows copies rows [i0, i1) of a, t.length elements from l on, so that a
// strip lies densely, and tells the tile their distances.
func (q *product[T]) copyRows(h *hand[T], i0, i1, l int, t *tile[T]) []T {
	if q.aStep == 1 {
		t.aRow, t.aStep = t.length+rowGap, 1
		rows := take(&h.rows, (i1-i0)*t.aRow)
		for i := i0; i < i1; i++ {
			copy(rows[(i-i0)*t.aRow:][:t.length], q.a[i*q.aRow+l:])
		}
		return rows
	}
	t.aRow, t.aStep = 1, i1-i0
	rows := take(&h.rows, t.length*t.aStep)
	for step := range t.length {
		copy(rows[step*t.aStep:][:t.aStep], q.a[(l+step)*q.aStep+i0:])
	}
	return rows
}
