package kernel

// A depthwise convolution, each channel by itself, multiplies lane by lane: its
// products of matrices would be of one column.

// depthwise says that each group has one channel in and out.
func (g *Conv) depthwise() bool { return g.Groups == g.C && g.Groups == g.K }

// comb is a row of a depthwise convolution:
//
//	c[i·cRow + j] = bias[j] + the sum over runs r of a[r.a + i·aRow + j] · b[r.b + j]
//
// for i in [0, count) and j in [0, last).
//
// Assembly reads the fields by their offsets.
type comb[T Float] struct {
	// a, b and c begin at the first element.
	a, b, c []T
	// bias has last elements; nil adds nothing.
	bias              []T
	runs              []run
	aRow, cRow, count int
	last              int
}

func plainComb[T Float](t *comb[T]) {
	for i := range t.count {
		to := t.c[i*t.cRow:][:t.last]
		clear(to)
		copy(to, t.bias)
		for _, r := range t.runs {
			a, b := t.a[r.a+i*t.aRow:][:len(to)], t.b[r.b:][:len(to)]
			for j := range to {
				to[j] += a[j] * b[j]
			}
		}
	}
}

// plainLanes is a fan of one row to a tap, whose a is a row of elements, one for
// each of b's:
//
//	c[g, j] += the sum of a[r.a + taps[g] + j + l·aStep] · b[r.b + l·bStep + j]
func plainLanes[T Float](t *fan[T]) {
	for g, tap := range t.taps[:t.used] {
		to := t.c[g*t.cRow:][:t.last]
		for _, r := range t.runs {
			for l := range t.length {
				a, b := t.a[r.a+tap+l*t.aStep:][:len(to)], t.b[r.b+l*t.bStep:][:len(to)]
				for j := range to {
					to[j] += a[j] * b[j]
				}
			}
		}
	}
}

// combs computes one slab of an example of a depthwise sweep. The weights are
// as they were given, [kernel…, channels].
func (v *sweep[T]) combs(h *hand[T], example, slab int) {
	channels := v.sourceChannels
	b, rows := v.box(h, example, slab, 0, channels)
	size := v.out[0] * v.out[1] * v.out[2] * channels
	to := v.result[example*size:][:size]
	t := &h.comb
	for d := range v.axes[0] {
		fd := &v.axes[0][d]
		j0, j1 := v.slab(fd, slab)
		for r := range v.axes[1] {
			fh := &v.axes[1][r]
			for w := range v.axes[2] {
				fw := &v.axes[2][w]
				*t = comb[T]{a: rows, aRow: fw.step * channels, cRow: fw.stride * channels, count: fw.count}
				for jd := j0; jd < j1; jd++ {
					for jh := range fh.count {
						t.runs = v.combRuns(h, &b, [3]*phase{fd, fh, fw}, jd, jh)
						out := (((fd.first+jd*fd.stride)*v.out[1]+fh.first+jh*fh.stride)*v.out[2] + fw.first) * channels
						for c := 0; c < channels; c += v.engine.lanes {
							t.last = min(v.engine.lanes, channels-c)
							t.a, t.b, t.c = rows[min(c, len(rows)):], v.packed[c:], to[out+c:]
							if v.bias != nil {
								t.bias = v.bias[c:][:t.last]
							}
							v.engine.comb(t)
						}
					}
				}
			}
		}
	}
}

// combRuns lists what a row of outputs sums over.
func (v *sweep[T]) combRuns(h *hand[T], b *box, axes [3]*phase, jd, jh int) []run {
	fd, fh, fw := axes[0], axes[1], axes[2]
	h.runs = h.runs[:0]
	d0, d1 := fd.inside(jd, v.in[0])
	h0, h1 := fh.inside(jh, v.in[1])
	for _, d := range fd.taps[d0:d1] {
		for _, r := range fh.taps[h0:h1] {
			row := b.at(d.from+jd*fd.step, r.from+jh*fh.step)
			for _, w := range fw.taps {
				tap := (d.index*v.kernel[1]+r.index)*v.kernel[2] + w.index
				h.runs = append(h.runs, run{a: row + (w.from-b.low[2])*b.sc, b: tap * b.sc})
			}
		}
	}
	return h.runs
}
