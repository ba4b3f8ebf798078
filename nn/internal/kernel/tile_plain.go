package kernel

// plain is the engine in Go alone.
func plain[T Float]() *engine[T] {
	return &engine[T]{
		name:     "plain",
		rows:     8,
		cols:     12,
		lanes:    64,
		compute:  plainTile[T],
		comb:     plainComb[T],
		multiply: plainLanes[T],
		max:      plainMax[T],
		spread:   plainSpread[T],
		winograd: plainWinograd[T](),
	}
}

// plainTile computes blocks of 2 rows and 3 columns, whose 6 sums stay in
// registers together with what they are made from, and the columns left over one
// element at a time.
func plainTile[T Float](t *tile[T]) {
	runs := t.runs
	if t.length == 0 {
		runs = nil
	}
	for i := 0; i < t.rows; i += 2 {
		rows, aRow := 2, t.aRow
		if i+1 == t.rows {
			// The last of an odd number of rows goes in twice.
			rows, aRow = 1, 0
		}
		j := 0
		for ; j+3 <= t.cols; j += 3 {
			var sums [2][3]T
			for _, r := range runs {
				plainRun(t.a[r.a+i*t.aRow:], t.b[r.b+j:], aRow, t.aStep, t.bStep, t.length, &sums)
			}
			for r := range rows {
				for c, sum := range sums[r] {
					t.put(i+r, j+c, sum)
				}
			}
		}
		for ; j < t.cols; j++ {
			for r := range rows {
				t.put(i+r, j, plainElement(t, i+r, j))
			}
		}
	}
}

// plainRun adds one run to the sums of a block that begins where a and b do. It
// is a function of its own so that all it needs has room in registers.
func plainRun[T Float](a, b []T, aRow, aStep, bStep, length int, sums *[2][3]T) {
	s00, s01, s02 := sums[0][0], sums[0][1], sums[0][2]
	s10, s11, s12 := sums[1][0], sums[1][1], sums[1][2]
	at, next, from := 0, aRow, 0
	for range length {
		x0, x1 := a[at], a[next]
		w := (*[3]T)(b[from:])
		s00 += x0 * w[0]
		s10 += x1 * w[0]
		s01 += x0 * w[1]
		s11 += x1 * w[1]
		s02 += x0 * w[2]
		s12 += x1 * w[2]
		at += aStep
		next += aStep
		from += bStep
	}
	*sums = [2][3]T{{s00, s01, s02}, {s10, s11, s12}}
}

func plainElement[T Float](t *tile[T], i, j int) T {
	var sum T
	for _, r := range t.runs {
		a, b := r.a+i*t.aRow, r.b+j
		for range t.length {
			sum += t.a[a] * t.b[b]
			a += t.aStep
			b += t.bStep
		}
	}
	return sum
}

// put stores an element's sum.
func (t *tile[T]) put(i, j int, sum T) {
	if t.bias != nil {
		sum += t.bias[j]
	}
	at := i*t.cRow + j
	if t.add {
		sum += t.c[at]
	}
	t.c[at] = sum
}
