package kernel

// sweep is a convolution by rows: for a row of outputs, the row of the source
// that one tap of the two outer axes reads is a matrix whose rows overlap, with
// an inner length of taps × channels. It is multiplied by the packed weights as
// it lies there, and summed over the taps of the outer axes. It serves the
// forward convolution and the gradient by the input.
type sweep[T Float] struct {
	engine *engine[T]
	// source is [examples, in…, sourceChannels], result
	// [examples, out…, resultChannels].
	source, result, bias []T
	examples             int
	in, out              [3]int
	sourceChannels       int
	resultChannels       int
	groups               int
	// sc and rc are a group's channels.
	sc, rc int
	axes   [3][]phase
	kernel [3]int
	// depthwise says that all groups have one channel: their weights are not
	// packed.
	depthwise bool
	// joint says that the columns are the channels of all taps of a row of the
	// kernel.
	joint bool
	// packed weights, if not joint: [groups][panels][kernel d][kernel h][taps of w in the order
	// of their slots][sc][columns of the panel].
	packed []T
	panels int

	// given are the weights before they are packed: those of conv, for its gradient
	// by the input if backward is set.
	given    []T
	conv     Conv
	backward bool

	// Work is cut into examples × slabs of the first axis × groups of panels.
	slabs, panelParts int
	hands             []hand[T]
}

// enoughChunks is how many chunks keep all threads busy to the end.
const enoughChunks = 16

// blockBytes is how much of the packed weights a pass over the rows uses, so
// that it stays in the second-level cache.
const blockBytes = 256 << 10

// plan cuts up the work, which is joint only if it may be. The axes and sizes are
// set.
func (v *sweep[T]) plan(e *engine[T], mayJoin bool) {
	v.engine = e
	v.sc, v.rc = v.sourceChannels/v.groups, v.resultChannels/v.groups
	v.joint = mayJoin && v.joins()
	v.panels = pieces(v.width(), e.cols)
	longest := 0
	for i := range v.axes[0] {
		longest = max(longest, v.axes[0][i].count)
	}
	v.slabs = min(pieces(enoughChunks, max(v.examples, 1)), max(longest, 1))
	v.panelParts = 1
	if !v.joint {
		v.panelParts = min(pieces(enoughChunks, max(v.examples*v.slabs, 1)), max(v.panels, 1))
	}
}

// width is the number of columns of a group.
func (v *sweep[T]) width() int {
	if v.joint {
		return len(v.axes[2][0].taps) * v.rc
	}
	return v.rc
}

// pack lays the weights out for the sweep.
func (v *sweep[T]) pack(p *Pool, into []T) {
	v.packed = into
	p.run(v.groups*v.panels*v.kernel[0]*v.kernel[1], sweepPanels[T]{v})
}

// at is the place in given of the element for the first channels of a group, and the
// distances to the next channel of the source and of the result.
func (v *sweep[T]) at(group, d, h, w int) (place, source, result int) {
	place = v.conv.weight(d, h, w)
	if v.backward {
		return place + group*v.sc, 1, v.conv.K
	}
	return place + group*v.rc, v.conv.K, 1
}

// sweepPanels packs the weights of a pair of taps of the outer axes for a panel.
type sweepPanels[T Float] struct{ *sweep[T] }

func (v sweepPanels[T]) do(_, chunk int) {
	kd, kh, kw := v.kernel[0], v.kernel[1], v.kernel[2]
	h, rest := chunk%kh, chunk/kh
	d, rest := rest%kd, rest/kd
	panel, group := rest%v.panels, rest/v.panels
	if v.joint {
		v.packJoint(d, h, group, panel)
		return
	}
	cols := v.columns(panel)
	to := v.panel(group, panel)[(d*kh+h)*kw*v.sc*cols:]
	for i := range v.axes[2] {
		f := &v.axes[2][i]
		for t, tap := range f.taps {
			place, source, result := v.at(group, d, h, tap.index)
			place += panel * v.engine.cols * result
			to := to[(f.slot+t)*v.sc*cols:][:v.sc*cols]
			if result == 1 {
				for c := range v.sc {
					copy(to[c*cols:(c+1)*cols], v.given[place+c*source:])
				}
				continue
			}
			for j := range cols {
				from := v.given[place+j*result:]
				for c := range v.sc {
					to[c*cols+j] = from[c*source]
				}
			}
		}
	}
}

func (v *sweep[T]) columns(panel int) int {
	return min(v.engine.cols, v.width()-panel*v.engine.cols)
}

// panel is the packed weights of one panel.
func (v *sweep[T]) panel(group, panel int) []T {
	taps := v.kernel[0] * v.kernel[1] * v.sc
	if !v.joint {
		taps *= v.kernel[2]
	}
	return v.packed[taps*(group*v.width()+panel*v.engine.cols):][:taps*v.columns(panel)]
}

// weights is the number of packed weights.
func (v *sweep[T]) weights() int {
	return v.kernel[0] * v.kernel[1] * v.kernel[2] * v.sc * v.rc * v.groups
}

// run computes the result.
func (v *sweep[T]) run(p *Pool, s *Scratch[T]) {
	v.hands = s.crew(p)
	p.run(v.examples*v.slabs*v.panelParts, v)
}

func (v *sweep[T]) do(worker, chunk int) {
	part, rest := chunk%v.panelParts, chunk/v.panelParts
	slab, example := rest%v.slabs, rest/v.slabs
	v.part(&v.hands[worker], example, slab, part)
}

// part computes one part of the panels of a slab of an example.
func (v *sweep[T]) part(h *hand[T], example, slab, part int) {
	switch {
	case v.depthwise:
		v.combs(h, example, slab)
	case v.joint:
		for group := range v.groups {
			v.jointChunk(h, example, slab, group)
		}
	default:
		for group := range v.groups {
			v.chunk(h, example, slab, part, group)
		}
	}
}

// slab is the part of a phase's outputs that belongs to a slab.
func (v *sweep[T]) slab(f *phase, slab int) (from, to int) {
	return f.count * slab / v.slabs, f.count * (slab + 1) / v.slabs
}

// box gives the part of an example that a slab reads, and its rows.
func (v *sweep[T]) box(h *hand[T], example, slab, group, sc int) (box, []T) {
	low, high := reach(v.axes[0],
		func(f *phase) int { from, _ := v.slab(f, slab); return from },
		func(f *phase) int { _, to := v.slab(f, slab); return to })
	return v.between(h, example, low, high, group, sc)
}

// between gives the part of an example between two planes of the source, and its rows.
func (v *sweep[T]) between(h *hand[T], example, low, high, group, sc int) (box, []T) {
	b := box{sizes: v.in, channels: v.sourceChannels, group: group, sc: sc}
	b.low[0], b.high[0] = max(low, 0), min(high, v.in[0])
	b.low[1], b.high[1] = 0, v.in[1]
	if v.joint {
		b.high[2] = v.in[2]
	} else {
		b.low[2], b.high[2] = reach(v.axes[2], func(*phase) int { return 0 }, func(f *phase) int { return f.count })
	}
	from := v.source[example*v.in[0]*v.in[1]*v.in[2]*v.sourceChannels:]
	return b, padded(&b, from, &h.rows)
}

// chunk computes one slab of an example for one group and part of its panels.
func (v *sweep[T]) chunk(h *hand[T], example, slab, part, group int) {
	b, rows := v.box(h, example, slab, group, v.sc)
	size := v.out[0] * v.out[1] * v.out[2] * v.resultChannels
	to := v.result[example*size:][:size]
	for panel := v.panels * part / v.panelParts; panel < v.panels*(part+1)/v.panelParts; panel++ {
		for d := range v.axes[0] {
			for r := range v.axes[1] {
				for w := range v.axes[2] {
					v.pass(h, &b, rows, to, group, panel, slab, [3]*phase{&v.axes[0][d], &v.axes[1][r], &v.axes[2][w]})
				}
			}
		}
	}
}

// pass computes one panel of columns for the rows of one slab and one phase of
// each axis, a block of weights at a time.
func (v *sweep[T]) pass(h *hand[T], b *box, rows, to []T, group, panel, slab int, axes [3]*phase) {
	fd, fh, fw := axes[0], axes[1], axes[2]
	cols := v.columns(panel)
	column := group*v.rc + panel*v.engine.cols
	t := &h.tile
	*t = tile[T]{
		length: v.sc,
		aRow:   fw.step * v.sc,
		aStep:  1,
		bStep:  cols,
		cRow:   fw.stride * v.resultChannels,
		cols:   cols,
	}
	if fw.joined() {
		t.length *= len(fw.taps)
	}
	packed := v.panel(group, panel)
	if len(fw.taps) > 0 {
		packed = packed[fw.slot*v.sc*cols:]
	}
	taps := len(fd.taps) * len(fh.taps)
	block := max(1, blockBytes/(4*max(1, len(fw.taps))*v.sc*cols))
	j0, j1 := v.slab(fd, slab)
	for first := 0; first == 0 || first < taps; first += block {
		t.add, t.bias = first > 0, nil
		if first == 0 && v.bias != nil {
			t.bias = v.bias[column:][:cols]
		}
		// Rows away from the border read the same taps: the runs stay, only
		// where they begin moves.
		var known [4]int
		built := false
		for jd := j0; jd < j1; jd++ {
			d0, d1 := fd.inside(jd, v.in[0])
			for jh := range fh.count {
				h0, h1 := fh.inside(jh, v.in[1])
				if seen := [4]int{d0, d1, h0, h1}; !built || seen != known {
					h.runs = v.runs(h.runs[:0], b, axes, seen, cols, first, first+block)
					known, built = seen, true
				}
				if t.add && len(h.runs) == 0 {
					continue
				}
				t.runs = h.runs
				base := 0
				if len(t.runs) > 0 {
					base = b.at(fd.taps[d0].from+jd*fd.step, fh.taps[h0].from+jh*fh.step)
				}
				out := (((fd.first+jd*fd.stride)*v.out[1]+fh.first+jh*fh.stride)*v.out[2]+fw.first)*v.resultChannels + column
				t.b = packed
				for i := range pieces(fw.count, v.engine.rows) {
					w0, w1 := strip(fw.count, v.engine.rows, i)
					t.rows = w1 - w0
					t.a = rows[min(base+w0*t.aRow, len(rows)):]
					t.c = to[out+w0*t.cRow:]
					v.engine.compute(t)
				}
			}
		}
	}
}

// runs lists what a row of outputs sums over: of the pairs of a tap of the
// first and of the second axis, those that read inside the source, and of them
// those numbered [first, last). Places in a count from the row that the first
// pair reads.
func (v *sweep[T]) runs(into []run, b *box, axes [3]*phase, inside [4]int, cols, first, last int) []run {
	fd, fh, fw := axes[0], axes[1], axes[2]
	if inside[0] >= inside[1] || inside[2] >= inside[3] || len(fw.taps) == 0 {
		return into
	}
	origin := b.at(fd.taps[inside[0]].from, fh.taps[inside[2]].from)
	stretches := fw.taps
	if fw.joined() {
		stretches = fw.taps[:1]
	}
	for d := inside[0]; d < inside[1]; d++ {
		for h := inside[2]; h < inside[3]; h++ {
			if number := d*len(fh.taps) + h; number < first || number >= last {
				continue
			}
			row := b.at(fd.taps[d].from, fh.taps[h].from) - origin
			weights := (fd.taps[d].index*v.kernel[1] + fh.taps[h].index) * v.kernel[2]
			for i, tap := range stretches {
				into = append(into, run{a: row + (tap.from-b.low[2])*v.sc, b: (weights + i) * v.sc * cols})
			}
		}
	}
	return into
}
