package kernel

// Narrow products are those of a dense layer of a few units behind a flattened
// volume: the features are many, the units do not fill a vector. What they cost is
// one way through the memory of the features, if the vectors lie along them.
const (
	// mostNarrow is the most units.
	mostNarrow = 8
	// fewestFeatures are worth it.
	fewestFeatures = 1024
	// narrowSpan is how many features a worker takes at a time for a gradient.
	narrowSpan = 2048
)

// narrow is the sums of products of a few rows of a with a few of b. For each pair it
// gives a vector, whose sum is
//
//	the sum of sums[i·columns + j] = the sum over l in [0, length) of a[i·aRow + l] · b[j·bRow + l]
//
// Assembly reads the fields by their offsets.
type narrow[T Float] struct {
	a, b, sums         []T
	aRow, bRow, length int
}

// narrowKernels compute it, by the number of rows, 1 or the most, and of columns.
type narrowKernels[T Float] [][]func(q *narrow[T])

// rows is how many of so many rows the next kernel takes.
func (k narrowKernels[T]) rows(left int) int {
	if most := len(k) - 1; left >= most {
		return most
	}
	return 1
}

// columns is how many columns a kernel takes at most.
func (k narrowKernels[T]) columns() int { return len(k[1]) - 1 }

// narrowProduct is a narrow product at work.
type narrowProduct[T Float] struct {
	engine  *engine[T]
	m, n, k int
	a, b, c []T
	// transposed says that b is [n, k].
	transposed, add bool
	// The sum is cut into depths.
	depths int
	hands  []hand[T]
}

// narrowMatMul is MatMul, if the product is narrow and there are kernels for it. What
// comes of a row does not depend on how many there are.
func narrowMatMul[T Float](p *Pool, s *Scratch[T], m, n, k int, a, b, c []T, transA, transB, add bool) bool {
	e := engineOf[T]()
	if len(e.narrow) == 0 || k == 0 {
		return false
	}
	grad := transA && !transB && m >= fewestFeatures
	sums := !transA && k >= fewestFeatures
	if n > mostNarrow || !grad && !sums {
		return false // before anything is written, which takes a tenth of a tiny product's time
	}
	q := &s.narrow
	*q = narrowProduct[T]{engine: e, m: m, n: n, k: k, a: a, b: b, c: c, transposed: transB, add: add, hands: s.crew(p)}
	if grad {
		p.run(pieces(m, narrowSpan), narrowGrad[T]{q})
		return true
	}
	q.depths = min(sumChunks, k/fewestFeatures)
	q.c = take(&s.partials, q.depths*m*n)
	p.run(q.depths, narrowSums[T]{q})
	if !add {
		clear(c[:m*n])
	}
	addParts(p, s, q.c, q.depths, c[:m*n])
	return true
}

// narrowSums gives the sums over a part of the features.
type narrowSums[T Float] struct{ *narrowProduct[T] }

func (q narrowSums[T]) do(worker, depth int) {
	l0, l1 := q.k*depth/q.depths, q.k*(depth+1)/q.depths
	h, kernels, lanes := &q.hands[worker], q.engine.narrow, q.engine.lanes
	t := &h.narrow
	*t = narrow[T]{aRow: q.k, bRow: q.k, length: l1 - l0, sums: take(&h.products, lanes*kernels.rows(q.m)*kernels.columns())}
	b := q.b[l0:]
	if !q.transposed {
		b, t.bRow = q.turn(h, l0, l1), t.length
	}
	into := q.c[depth*q.m*q.n:]
	for i := 0; i < q.m; {
		rows := kernels.rows(q.m - i)
		for j := 0; j < q.n; j += kernels.columns() {
			columns := min(kernels.columns(), q.n-j)
			t.a, t.b = q.a[i*q.k+l0:], b[j*t.bRow:]
			kernels[rows][columns](t)
			for pair := range rows * columns {
				sum := 0.0
				for _, v := range t.sums[pair*lanes:][:lanes] {
					sum += float64(v)
				}
				into[(i+pair/columns)*q.n+j+pair%columns] = T(sum)
			}
		}
		i += rows
	}
}

// turn makes rows of the columns of b, of features [l0, l1).
func (q *narrowProduct[T]) turn(h *hand[T], l0, l1 int) []T {
	length := l1 - l0
	rows := take(&h.columns, q.n*length)
	turn(q.b[l0*q.n:l1*q.n], q.n, func(column int) []T { return rows[column*length:] })
	return rows
}

// narrowGrad gives the rows of a span of features: aᵀ·b, where each example has a row
// of a and one of b.
type narrowGrad[T Float] struct{ *narrowProduct[T] }

func (q narrowGrad[T]) do(worker, chunk int) {
	h := &q.hands[worker]
	h.runs = append(h.runs[:0], run{})
	t := &h.tile
	cols := q.engine.cols
	*t = tile[T]{a: q.b, runs: h.runs, length: q.k, aRow: 1, aStep: q.n, bStep: q.m, cRow: cols, c: take(&h.columns, q.n*cols)}
	last := min((chunk+1)*narrowSpan, q.m)
	for first := chunk * narrowSpan; first < last; first += cols {
		t.cols = min(cols, last-first)
		t.b = q.a[first:]
		for r := 0; r < q.n; r += q.engine.rows {
			t.rows = min(q.engine.rows, q.n-r)
			t.a, t.c = q.b[r:], h.columns[r*cols:]
			q.engine.compute(t)
		}
		into := q.c[first*q.n:][:t.cols*q.n]
		if !q.add {
			clear(into)
		}
		for r := range q.n {
			for j, v := range h.columns[r*cols:][:t.cols] {
				into[j*q.n+r] += v
			}
		}
	}
}
