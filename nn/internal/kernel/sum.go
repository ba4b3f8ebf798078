package kernel

// sumRows is how many rows a chunk of BiasGrad sums. Short sums added up keep
// rounding errors small.
const sumRows = 4096

// BiasGrad adds to db[c] the sum of column c of dy, [rows, cols].
func BiasGrad[T Float](p *Pool, s *Scratch[T], rows, cols int, dy, db []T) {
	f := &s.columnSums
	*f = columnSums[T]{rows: rows, cols: cols, chunks: pieces(rows, sumRows), dy: dy, hands: s.crew(p)}
	f.sums = take(&s.partials, f.chunks*cols)
	p.run(f.chunks, f)
	for chunk := range f.chunks {
		for c, v := range f.sums[chunk*cols:][:cols] {
			db[c] += v
		}
	}
}

// columnSums sums the columns of each chunk of rows.
type columnSums[T Float] struct {
	rows, cols, chunks int
	dy, sums           []T
	hands              []hand[T]
}

func (f *columnSums[T]) do(worker, chunk int) {
	e, h := engineOf[T](), &f.hands[worker]
	r0, r1 := f.rows*chunk/f.chunks, f.rows*(chunk+1)/f.chunks
	// A sum of rows is a product of a matrix of one row of ones by them.
	h.rows, h.runs = append(h.rows[:0], 1), append(h.runs[:0], run{})
	t := &h.tile
	*t = tile[T]{a: h.rows, runs: h.runs, length: r1 - r0, bStep: f.cols, rows: 1}
	for c := 0; c < f.cols; c += e.cols {
		t.cols = min(e.cols, f.cols-c)
		t.b, t.c = f.dy[r0*f.cols+c:], f.sums[chunk*f.cols+c:]
		e.compute(t)
	}
}
