package kernel

// The blocks of a matrix product. A panel of b, depthBlock long, stays in the
// first levels of the cache while it meets one strip of rows of a after the other;
// rowBlock rows of those stay in the second level.
const (
	depthBlock = 512
	rowBlock   = 256
	// evenBlocks divides the number of blocks of rows, if there are more than one,
	// so that they share out evenly.
	evenBlocks = 2
	// longSum is a sum long enough to be cut up when the result alone gives too
	// few chunks.
	longSum = 1024
)

// MatMul computes c = op(a)·op(b), or adds that to c. All are row-major: c is
// [m, n], a is [m, k] or, if transA, [k, m]; b is [k, n] or, if transB, [n, k].
func MatMul[T Float](p *Pool, s *Scratch[T], m, n, k int, a, b, c []T, transA, transB, add bool) {
	if m == 0 || n == 0 {
		return
	}
	q := &product[T]{engine: engineOf[T](), m: m, n: n, k: k, a: a, b: b, aRow: k, aStep: 1}
	if transA {
		q.aRow, q.aStep = 1, m
	}
	q.panels = pieces(n, q.engine.cols)
	q.blocks = pieces(m, rowBlock)
	if q.blocks > 1 {
		q.blocks = upTo(q.blocks, evenBlocks)
	}
	q.parts = min(q.panels, pieces(sumChunks, q.blocks))
	if q.blocks == 1 {
		q.parts = min(q.panels, enoughChunks)
	}
	depths := 1
	if q.blocks*q.parts < sumChunks && k >= 2*longSum {
		depths = min(sumChunks, k/longSum)
	} else if q.blocks*q.parts < sumChunks {
		// Fewer rows in a block make more blocks, but not less than a strip.
		q.blocks = min(pieces(enoughChunks, q.parts), pieces(m, q.engine.rows))
	}
	switch {
	case q.panels == 1 && !transB:
		// b is one panel as it is.
	case q.blocks == 1:
		q.columns, q.transposed = true, transB
	default:
		q.b = take(&s.weights, n*k)
		q.packAll(p, s, b, transB)
	}
	hands := s.crew(p)
	if depths == 1 {
		p.run(q.blocks*q.parts, func(worker, chunk int) {
			q.chunk(&hands[worker], c, chunk, 0, k, add)
		})
		return
	}
	partials := take(&s.partials, depths*m*n)
	p.run(q.blocks*q.parts*depths, func(worker, chunk int) {
		depth := chunk % depths
		q.chunk(&hands[worker], partials[depth*m*n:][:m*n], chunk/depths, k*depth/depths, k*(depth+1)/depths, false)
	})
	if !add {
		clear(c[:m*n])
	}
	addParts(p, s, partials, depths, c[:m*n])
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
	aRow, aStep         int
	panels              int
	// Work is cut into blocks of rows × parts of the panels.
	blocks, parts int
}

// packAll lays b out in panels.
func (q *product[T]) packAll(p *Pool, s *Scratch[T], b []T, transposed bool) {
	// A few rows at a time, all panels: long rows lie on pages of their own, and
	// often in the same set of the cache. Transposed, they are read along their
	// length.
	const span, few = 128, 8
	rows := few
	if transposed {
		rows = span
	}
	hands := s.crew(p)
	p.run(pieces(q.k, span), func(worker, chunk int) {
		last := min((chunk+1)*span, q.k)
		for l := chunk * span; l < last; l += rows {
			for panel := range q.panels {
				first, cols := q.panel(panel)
				q.pack(&hands[worker], q.b[first*q.k+l*cols:], b, transposed, panel, l, min(l+rows, last))
			}
		}
	})
}

// panel is the first column and the number of columns of a panel.
func (q *product[T]) panel(panel int) (first, cols int) {
	first = panel * q.engine.cols
	return first, min(q.engine.cols, q.n-first)
}

// pack lays out rows [l0, l1) of a panel of b.
func (q *product[T]) pack(h *hand[T], to, b []T, transposed bool, panel, l0, l1 int) {
	first, cols := q.panel(panel)
	if !transposed {
		for l := l0; l < l1; l++ {
			copy(to[(l-l0)*cols:][:cols], b[l*q.n+first:])
		}
		return
	}
	t := &h.turn
	*t = turn[T]{from: b[first*q.k+l0:], to: to, fromStep: q.k, toStep: cols, rows: cols, cols: l1 - l0}
	q.engine.turn(t)
}

// chunk computes one chunk's block of c for the sum over [l0, l1).
func (q *product[T]) chunk(h *hand[T], c []T, chunk, l0, l1 int, add bool) {
	block, part := chunk/q.parts, chunk%q.parts
	i0, i1 := q.m*block/q.blocks, q.m*(block+1)/q.blocks
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
		copied := p1-p0 > 2
		if copied {
			rows = q.copyRows(h, i0, i1, l, t)
		}
		// Strips that are copied each by itself follow each other, and step from
		// column to column.
		apart, between := copied && q.aStep == 1, t.aRow
		if apart {
			between = t.length
		}
		for panel := p0; panel < p1; panel++ {
			first, cols := q.panel(panel)
			t.cols, t.bStep = cols, cols
			if q.columns {
				t.b = take(&h.columns, t.length*cols)
				q.pack(h, t.b, q.b, q.transposed, panel, l, l+t.length)
			} else {
				t.b = q.b[first*q.k+l*cols:]
			}
			for i := range pieces(i1-i0, q.engine.rows) {
				r0, r1 := strip(i1-i0, q.engine.rows, i)
				t.rows = r1 - r0
				if apart {
					t.aStep = t.rows
				}
				t.a = rows[min(r0*between, len(rows)):]
				t.c = c[(i0+r0)*q.n+first:]
				q.engine.compute(t)
			}
		}
		t.add = true
	}
}

// copyRows copies rows [i0, i1) of a, t.length elements from l on, so that a
// column of a strip lies in one place, and tells the tile the distances.
func (q *product[T]) copyRows(h *hand[T], i0, i1, l int, t *tile[T]) []T {
	rows := take(&h.rows, t.length*(i1-i0))
	t.aRow = 1
	if q.aStep != 1 {
		t.aStep = i1 - i0
		for step := range t.length {
			copy(rows[step*t.aStep:][:t.aStep], q.a[(l+step)*q.aStep+i0:])
		}
		return rows
	}
	// Each strip by itself.
	t.aStep = 0
	u := &h.turn
	*u = turn[T]{fromStep: q.aRow, cols: t.length}
	for i := range pieces(i1-i0, q.engine.rows) {
		r0, r1 := strip(i1-i0, q.engine.rows, i)
		u.rows, u.toStep = r1-r0, r1-r0
		u.from, u.to = q.a[(i0+r0)*q.aRow+l:], rows[r0*t.length:]
		q.engine.turn(u)
	}
	return rows
}
