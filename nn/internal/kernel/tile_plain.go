package kernel

// plain is the engine in Go alone.
func plain[T Float]() *engine[T] {
	return &engine[T]{name: "plain", rows: 8, cols: 8, compute: plainTile[T], max: plainMax[T], spread: plainSpread[T]}
}

// plainTile computes blocks of 2 rows and 4 columns, whose 8 sums stay in
// registers, and what is left over one element at a time.
func plainTile[T Float](t *tile[T]) {
	for i := 0; i < t.rows; i += 2 {
		j := 0
		if i+2 <= t.rows {
			for ; j+4 <= t.cols; j += 4 {
				plainBlock(t, i, j)
			}
		}
		for ; j < t.cols; j++ {
			for r := i; r < min(i+2, t.rows); r++ {
				plainElement(t, r, j)
			}
		}
	}
}

func plainBlock[T Float](t *tile[T], i, j int) {
	var s00, s01, s02, s03, s10, s11, s12, s13 T
	for _, r := range t.runs {
		a0, a1, b := r.a+i*t.aRow, r.a+(i+1)*t.aRow, r.b+j
		for range t.length {
			x0, x1 := t.a[a0], t.a[a1]
			w := t.b[b : b+4 : b+4]
			s00 += x0 * w[0]
			s01 += x0 * w[1]
			s02 += x0 * w[2]
			s03 += x0 * w[3]
			s10 += x1 * w[0]
			s11 += x1 * w[1]
			s12 += x1 * w[2]
			s13 += x1 * w[3]
			a0 += t.aStep
			a1 += t.aStep
			b += t.bStep
		}
	}
	c0, c1 := t.c[i*t.cRow+j:][:4], t.c[(i+1)*t.cRow+j:][:4]
	if t.bias != nil {
		bias := t.bias[j:][:4]
		s00, s01, s02, s03 = s00+bias[0], s01+bias[1], s02+bias[2], s03+bias[3]
		s10, s11, s12, s13 = s10+bias[0], s11+bias[1], s12+bias[2], s13+bias[3]
	}
	if t.add {
		s00, s01, s02, s03 = s00+c0[0], s01+c0[1], s02+c0[2], s03+c0[3]
		s10, s11, s12, s13 = s10+c1[0], s11+c1[1], s12+c1[2], s13+c1[3]
	}
	c0[0], c0[1], c0[2], c0[3] = s00, s01, s02, s03
	c1[0], c1[1], c1[2], c1[3] = s10, s11, s12, s13
}

func plainElement[T Float](t *tile[T], i, j int) {
	var sum T
	for _, r := range t.runs {
		a, b := r.a+i*t.aRow, r.b+j
		for range t.length {
			sum += t.a[a] * t.b[b]
			a += t.aStep
			b += t.bStep
		}
	}
	if t.bias != nil {
		sum += t.bias[j]
	}
	at := i*t.cRow + j
	if t.add {
		sum += t.c[at]
	}
	t.c[at] = sum
}
