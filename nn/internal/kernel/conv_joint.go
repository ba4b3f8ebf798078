package kernel

// With few output channels the columns of a tile would not fill a vector. A sweep
// may be joint then: the columns are the channels of all taps of a row of the
// kernel side by side,
//
//	m[i, t·rc + k] = the sum over the taps of the outer axes and the channels c of
//	                 source[…, i, c] · w[…, t, c, k]
//
// for each position i of a row of the source, which is read once in place of once
// for each tap. The outputs are the sums over t of m[j + where t reads, t·rc + k].

// jointCost is what one product m costs to be added up, in steps of a tile.
const jointCost = 4

// joins says that a joint sweep takes fewer products of vectors.
func (v *sweep[T]) joins() bool {
	if v.depthwise || len(v.axes[2]) != 1 {
		return false
	}
	f := &v.axes[2][0]
	if f.step != 1 || f.stride != 1 || len(f.taps) < 2 {
		return false
	}
	lanes := v.engine.winograd.pad
	return joint(lanes, v.kernel[0]*v.kernel[1]*v.sc, len(f.taps), v.rc, v.in[2], f.count)
}

// joint says whether a sweep over rows of so many positions, in and out, is better
// joint, where a product of one tap along the row is so deep.
func joint(lanes, depth, taps, channels, in, out int) bool {
	const gain = 1.15
	apart := out * taps * depth * pieces(channels, lanes)
	together := in * (depth*pieces(taps*channels, lanes) + jointCost*taps*pieces(channels, lanes))
	return gain*float64(together) < float64(apart)
}

// packJoint lays the weights of a group's panel out for a pair of taps of the outer
// axes: [groups][panels][kernel d][kernel h][sc][columns of the panel].
func (v *sweep[T]) packJoint(d, h, group, panel int) {
	taps, cols := v.axes[2][0].taps, v.columns(panel)
	to := v.panel(group, panel)[(d*v.kernel[1]+h)*v.sc*cols:]
	for j := range cols {
		column := panel*v.engine.cols + j
		place, source, result := v.at(group, d, h, taps[column/v.rc].index)
		place += column % v.rc * result
		for c := range v.sc {
			to[c*cols+j] = v.given[place+c*source]
		}
	}
}

// jointChunk computes one slab of an example for one group.
func (v *sweep[T]) jointChunk(h *hand[T], example, slab, group int) {
	b, rows := v.box(h, example, slab, group, v.sc)
	size := v.out[0] * v.out[1] * v.out[2] * v.resultChannels
	to := v.result[example*size:][:size]
	for d := range v.axes[0] {
		fd := &v.axes[0][d]
		j0, j1 := v.slab(fd, slab)
		for r := range v.axes[1] {
			fh := &v.axes[1][r]
			for jd := j0; jd < j1; jd++ {
				for jh := range fh.count {
					at := ((fd.first+jd*fd.stride)*v.out[1] + fh.first + jh*fh.stride) * v.out[2] * v.resultChannels
					v.jointRow(h, &b, rows, to[at+group*v.rc:], fd, fh, group, jd, jh)
				}
			}
		}
	}
}

// jointRow computes one row of a group's outputs.
func (v *sweep[T]) jointRow(h *hand[T], b *box, rows, to []T, fd, fh *phase, group, jd, jh int) {
	fw := &v.axes[2][0]
	width := len(fw.taps) * v.rc
	// Positions beyond the source, which taps of the first and last outputs read,
	// are 0.
	low := min(fw.taps[0].from, 0)
	high := max(fw.taps[len(fw.taps)-1].from+fw.count, v.in[2])
	products := take(&h.products, (high-low)*width)
	clear(products[:-low*width])
	clear(products[(v.in[2]-low)*width:])
	inside := products[-low*width:]

	d0, d1 := fd.inside(jd, v.in[0])
	h0, h1 := fh.inside(jh, v.in[1])
	t := &h.tile
	for panel := range v.panels {
		cols := v.columns(panel)
		h.runs = h.runs[:0]
		for _, d := range fd.taps[d0:d1] {
			for _, r := range fh.taps[h0:h1] {
				h.runs = append(h.runs, run{
					a: b.at(d.from+jd*fd.step, r.from+jh*fh.step),
					b: (d.index*v.kernel[1] + r.index) * v.sc * cols,
				})
			}
		}
		*t = tile[T]{b: v.panel(group, panel), runs: h.runs, length: v.sc, aRow: v.sc, aStep: 1, bStep: cols, cRow: width, cols: cols}
		for i := range pieces(v.in[2], v.engine.rows) {
			w0, w1 := strip(v.in[2], v.engine.rows, i)
			t.rows = w1 - w0
			t.a = rows[min(w0*v.sc, len(rows)):]
			t.c = inside[w0*width+panel*v.engine.cols:]
			v.engine.compute(t)
		}
	}
	v.addUp(h, products, to, group, low, width)
}

// addUp computes a row of a group's outputs from the products, the first of which
// is that of position low.
func (v *sweep[T]) addUp(h *hand[T], products, to []T, group, low, width int) {
	fw := &v.axes[2][0]
	h.runs = h.runs[:0]
	for i, tap := range fw.taps {
		h.runs = append(h.runs, run{a: (tap.from-low)*width + i*v.rc})
	}
	if len(h.ones) < v.engine.lanes {
		h.ones = repeated(h.ones[:0], []T{1}, v.engine.lanes)
	}
	t := &h.comb
	for c := 0; c < v.rc; c += v.engine.lanes {
		*t = comb[T]{
			a: products[c:], b: h.ones, c: to[c:], runs: h.runs,
			aRow: width, cRow: v.resultChannels, count: fw.count, last: min(v.engine.lanes, v.rc-c),
		}
		if v.bias != nil {
			t.bias = v.bias[group*v.rc+c:][:t.last]
		}
		v.engine.comb(t)
	}
}
