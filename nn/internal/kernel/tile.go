package kernel

// tile is a small product of matrices, the only place where the package
// multiplies much:
//
//	c[i,j] = bias[j] + the sum over runs r and l in [0, length) of
//	         a[r.a + i·aRow + l·aStep] · b[r.b + l·bStep + j]
//
// for i in [0, rows) and j in [0, cols). Rows of a may overlap: in a
// convolution, neighbouring outputs read overlapping parts of one input row.
//
// Assembly reads the fields by their offsets.
type tile[T Float] struct {
	// a, b and c begin at the tile's first element.
	a, b, c []T
	// bias has cols elements; nil adds nothing.
	bias   []T
	runs   []run
	length int
	// Distances in elements: between rows of a, steps of a, steps of b, rows
	// of c.
	aRow, aStep, bStep, cRow int
	// last is the number of columns in the last vector.
	last int
	// add keeps what c holds and adds to it.
	add  bool
	rows int
	cols int
	// What is needed next may be fetched meanwhile, from ahead behind where b begins,
	// at a pace of so many elements a step.
	ahead, pace int
}

// run is where a piece of the sum begins in a and in b.
type run struct{ a, b int }

// strip cuts n things into pieces of at most most, as even as possible, and
// gives the bounds of piece i of pieces(n, most).
func strip(n, most, i int) (from, to int) {
	count := pieces(n, most)
	return n * i / count, n * (i + 1) / count
}

// pieces is how many pieces of at most most make n.
func pieces(n, most int) int { return (n + most - 1) / most }
