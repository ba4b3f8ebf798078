package kernel

// turn is the transposition of a matrix:
//
//	to[c·toStep + r] = from[r·fromStep + c]
//
// for r in [0, rows) and c in [0, cols).
//
// Assembly reads the fields by their offsets.
type turn[T Float] struct {
	from, to         []T
	fromStep, toStep int
	rows, cols       int
}

func plainTurn[T Float](t *turn[T]) {
	for r := range t.rows {
		for c, v := range t.from[r*t.fromStep:][:t.cols] {
			t.to[c*t.toStep+r] = v
		}
	}
}
