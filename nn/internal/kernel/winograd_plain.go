package kernel

// The twins in Go alone of the kernels for Winograd convolution.

func plainWinograd[T Float]() winogradKernels[T] {
	return winogradKernels[T]{
		multiply:   plainPoints[T],
		least:      1,
		pad:        1,
		input:      plainInput[T],
		gradient:   plainGradient[T],
		output:     plainOutputs[T],
		weights:    plainWeights[T],
		weightGrad: plainWeightGrad[T],
		costs:      plainCosts,
	}
}

func plainPoints[T Float](q *points[T]) {
	t := tile[T]{
		runs: []run{{}}, length: q.length, aRow: q.aRow, aStep: q.aStep, bStep: q.bStep, cRow: q.cols,
		add: q.add, rows: q.rows, cols: q.cols,
	}
	for p := range q.count {
		t.b = q.b[p*q.bPoint:]
		for s := range q.strips {
			t.a = q.a[p*q.aPoint+s*q.rows*q.aRow:]
			t.c = q.c[p*q.cPoint+s*q.rows*q.cols:]
			plainTile(&t)
		}
	}
}

func plainInput[T Float](s *slice[T]) {
	for t := range s.count {
		for c := range s.channels {
			v := s.v[t*s.tile+c:]
			var z [tileReach][tileReach]T
			for w := range tileReach {
				if at := s.at + t*s.step + w*s.column + c; s.inside(at) {
					for h := range tileReach {
						z[h][w] = s.rows[h][at] + s.far*s.rows[farRow+h][at]
					}
				}
			}
			for w := range tileReach {
				z[0][w], z[1][w], z[2][w], z[3][w] = z[0][w]-z[2][w], z[1][w]+z[2][w], z[2][w]-z[1][w], z[1][w]-z[3][w]
			}
			for h, r := range z {
				v[(4*h+0)*s.point] = r[0] - r[2]
				v[(4*h+1)*s.point] = r[1] + r[2]
				v[(4*h+2)*s.point] = r[2] - r[1]
				v[(4*h+3)*s.point] = r[1] - r[3]
			}
		}
	}
}

// inside tells if an element of a row is there.
func (s *slice[T]) inside(at int) bool { return 0 <= at && at < s.end }

func plainGradient[T Float](s *slice[T]) {
	for t := range s.count {
		for c := range s.channels {
			v := s.v[t*s.tile+c:]
			var z [tileStep][tileStep]T
			for w := range tileStep {
				if at := s.at + t*s.step + w*s.column + c; s.inside(at) {
					for h := range tileStep {
						z[h][w] = s.near*s.rows[h][at] + s.far*s.rows[farRow+h][at]
					}
				}
			}
			for h, r := range [tileReach][tileStep]T{
				z[0],
				{z[0][0] + z[1][0], z[0][1] + z[1][1]},
				{z[0][0] - z[1][0], z[0][1] - z[1][1]},
				{-z[1][0], -z[1][1]},
			} {
				v[(4*h+0)*s.point] = r[0]
				v[(4*h+1)*s.point] = r[0] + r[1]
				v[(4*h+2)*s.point] = r[0] - r[1]
				v[(4*h+3)*s.point] = -r[1]
			}
		}
	}
}

func plainOutputs[T Float](o *outputs[T]) {
	for t := range o.count {
		for c := range o.channels {
			m := o.m[t*o.tile+c:]
			// lines, planes and sums are what is left to add up along the last
			// axis, the last two, and all three.
			var sums [2][2][2]T
			for d := range tileReach {
				var plane [2][2]T
				for h := range tileReach {
					at := (4*d + h) * 4 * o.point
					m0, m1, m2, m3 := m[at], m[at+o.point], m[at+2*o.point], m[at+3*o.point]
					line := [2]T{m0 + m1 + m2, m1 - m2 - m3}
					for w, value := range line {
						plane[0][w], plane[1][w] = next(h, plane[0][w], plane[1][w], value)
					}
				}
				for h := range plane {
					for w, value := range plane[h] {
						sums[0][h][w], sums[1][h][w] = next(d, sums[0][h][w], sums[1][h][w], value)
					}
				}
			}
			y := o.y[t*o.step+c:]
			for place := 7; place >= 0; place-- {
				d, h, w := place/4, place/2%2, place%2
				value := sums[d][h][w]
				if o.bias != nil {
					value += o.bias[c]
				}
				y[d*o.plane+h*o.row+w*o.column] = value
			}
		}
	}
}

// next adds the value of point i of an axis to the two outputs.
func next[T Float](i int, first, second, value T) (T, T) {
	switch i {
	case 0:
		return value, second
	case 1:
		return first + value, value
	case 2:
		return first + value, second - value
	}
	return first, second - value
}

func plainWeights[T Float](f *filter[T]) {
	for r := range f.count {
		for c := range f.channels {
			w, u := f.w[r*f.row+c:], f.u[r*f.tile+c:]
			var z [4][4][4]T
			for h := range 3 {
				for l := range 3 {
					at := (3*h + l) * f.tap
					z[0][h][l], z[1][h][l], z[2][h][l], z[3][h][l] = apart(w[at], w[at+9*f.tap], w[at+18*f.tap])
				}
			}
			for d := range z {
				for l := range 3 {
					z[d][0][l], z[d][1][l], z[d][2][l], z[d][3][l] = apart(z[d][0][l], z[d][1][l], z[d][2][l])
				}
				for h := range z[d] {
					row := &z[d][h]
					row[0], row[1], row[2], row[3] = apart(row[0], row[1], row[2])
					for l, value := range row {
						u[(16*d+4*h+l)*f.point] = value
					}
				}
			}
		}
	}
}

// apart is G.
func apart[T Float](w0, w1, w2 T) (T, T, T, T) {
	sides, middle := (w0+w2)/2, w1/2
	return w0, sides + middle, sides - middle, w2
}

func plainWeightGrad[T Float](f *filter[T]) {
	for r := range f.count {
		for c := range f.channels {
			w, u := f.w[r*f.row+c:], f.u[r*f.tile+c:]
			var z [4][3][3]T
			for d := range z {
				var plane [4][3]T
				for h := range plane {
					at := (4*d + h) * 4 * f.point
					plane[h][0], plane[h][1], plane[h][2] = together(u[at], u[at+f.point], u[at+2*f.point], u[at+3*f.point])
				}
				for l := range 3 {
					z[d][0][l], z[d][1][l], z[d][2][l] = together(plane[0][l], plane[1][l], plane[2][l], plane[3][l])
				}
			}
			for h := range 3 {
				for l := range 3 {
					at := (3*h + l) * f.tap
					w0, w1, w2 := together(z[0][h][l], z[1][h][l], z[2][h][l], z[3][h][l])
					w[at] += w0
					w[at+9*f.tap] += w1
					w[at+18*f.tap] += w2
				}
			}
		}
	}
}

// together is Gᵀ.
func together[T Float](u0, u1, u2, u3 T) (T, T, T) {
	sides, middle := (u1+u2)/2, (u1-u2)/2
	return u0 + sides, middle, sides + u3
}
