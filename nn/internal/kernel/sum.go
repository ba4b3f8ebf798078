package kernel

// sumRows is how many rows a chunk of BiasGrad sums. Short sums added up keep
// rounding errors small.
const sumRows = 4096

// BiasGrad adds to db[c] the sum of column c of dy, [rows, cols].
func BiasGrad[T Float](p *Pool, rows, cols int, dy, db []T) {
	e := engineOf[T]()
	chunks := pieces(rows, sumRows)
	sums := make([]T, chunks*cols)
	p.Run(chunks, func(chunk int) {
		r0, r1 := rows*chunk/chunks, rows*(chunk+1)/chunks
		h := e.hand()
		defer e.idle.Put(h)
		// A sum of rows is a product of a matrix of one row of ones by them.
		h.rows, h.runs = append(h.rows[:0], 1), append(h.runs[:0], run{})
		t := &h.tile
		*t = tile[T]{a: h.rows, runs: h.runs, length: r1 - r0, bStep: cols, rows: 1}
		for c := 0; c < cols; c += e.cols {
			t.cols = min(e.cols, cols-c)
			t.b, t.c = dy[r0*cols+c:], sums[chunk*cols+c:]
			e.compute(t)
		}
	})
	for chunk := range chunks {
		for c, v := range sums[chunk*cols:][:cols] {
			db[c] += v
		}
	}
}
