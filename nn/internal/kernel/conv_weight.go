package kernel

// partialBytes bounds the memory for partial sums of a weight gradient.
const partialBytes = 32 << 20

// sumChunks is into how many parts a batch is cut for a weight gradient, each
// summed by itself. It decides the order of the additions.
const sumChunks = 8

// panelBytes is how much of one panel of dy's columns is used before the next:
// it is read again for each strip of weights and should stay close.
const panelBytes = 48 << 10

// ConvWeightGrad adds the gradient by w to dw.
func ConvWeightGrad[T Float](p *Pool, s *Scratch[T], g *Conv, x, dy, dw []T) {
	if wide := g.gathered(&s.wideConv); wide.Groups < g.Groups {
		gatheredWeightGrad(p, s, g, wide, x, dy, dw)
		return
	}
	if Choose(g) == Winograd {
		winogradWeightGrad(p, s, g, x, dy, dw)
		return
	}
	directWeightGrad(p, s, g, x, dy, dw)
}

func directWeightGrad[T Float](p *Pool, s *Scratch[T], g *Conv, x, dy, dw []T) {
	g = g.flat(&s.flat)
	grad := &s.weightGrad
	grad.Conv, grad.engine, grad.x, grad.dy = g, engineOf[T](), x, dy
	grad.axes[0] = forwardAxis(grad.axes[0], g.OD, g.KD, g.SD, g.ED, g.PD)
	grad.axes[1] = forwardAxis(grad.axes[1], g.OH, g.KH, g.SH, g.EH, g.PH)
	grad.fan = grad.engine.fanKernel(g)
	grad.turned = !grad.fan.there() && grad.turns()

	// What is cut into parts, each summed by itself, is the examples, or for fans
	// their planes.
	size := len(dw)
	grad.size, grad.units, grad.cuts = size, g.N, 1
	if grad.fan.there() {
		grad.units = g.N * g.OD
	}
	parts := partialSums(grad.units, size)
	grad.parts = parts
	if !grad.fan.there() {
		grad.cuts = min(g.KD*g.KH, pieces(enoughChunks, parts))
	}
	grad.sums, grad.apart = dw, parts > 1 || grad.turned
	if grad.apart {
		// Turned parts are added up to one more before they are turned back.
		grad.sums = take(&s.partials, (parts+1)*size)
	}
	grad.hands = s.crew(p)
	p.run(parts*grad.cuts, grad)
	switch {
	case grad.turned:
		total := grad.sums[parts*size:][:size]
		clear(total)
		addParts(p, s, grad.sums, parts, total)
		grad.turnBack(total, dw)
	case grad.apart:
		addParts(p, s, grad.sums, parts, dw)
	}
}

// do computes some of the taps of a part.
func (g *weightGrad[T]) do(worker, chunk int) {
	part, cut := chunk/g.cuts, chunk%g.cuts
	t0, t1 := g.KD*g.KH*cut/g.cuts, g.KD*g.KH*(cut+1)/g.cuts
	into := g.sums[part*g.size:][:g.size]
	if g.apart {
		clear(into[g.weight(0, t0, 0):g.weight(0, t1, 0)])
	}
	from, to := g.units*part/g.parts, g.units*(part+1)/g.parts
	if g.fan.there() {
		g.planes(&g.hands[worker], into, from, to)
		return
	}
	for n := from; n < to; n++ {
		for group := range g.Groups {
			g.example(&g.hands[worker], into, n, group, t0, t1)
		}
	}
}

// partialSums is into how many parts so many units are cut that sum up so many
// elements each.
func partialSums(units, size int) int {
	return max(1, min(sumChunks, units, partialBytes/(4*max(size, 1))))
}

// addParts adds to each element of sum those of the parts, in their order.
func addParts[T Float](p *Pool, s *Scratch[T], partials []T, parts int, sum []T) {
	f := &s.addition
	*f = addition[T]{partials: partials, parts: parts, sum: sum, span: 256 * engineOf[T]().cols, hands: s.crew(p)}
	p.run(pieces(len(sum), f.span), f)
}

// addition adds partial sums up, a span of elements at a time.
type addition[T Float] struct {
	partials, sum []T
	parts, span   int
	hands         []hand[T]
}

func (f *addition[T]) do(worker, chunk int) {
	e, h := engineOf[T](), &f.hands[worker]
	// A sum of rows is a product of a matrix of one row of ones by them.
	h.rows = append(h.rows[:0], 1)
	h.runs = append(h.runs[:0], run{})
	h.tile = tile[T]{a: h.rows, runs: h.runs, length: f.parts, bStep: len(f.sum), rows: 1, add: true}
	t := &h.tile
	for at := chunk * f.span; at < min((chunk+1)*f.span, len(f.sum)); at += e.cols {
		t.cols = min(e.cols, len(f.sum)-at)
		t.b, t.c = f.partials[at:], f.sum[at:]
		e.compute(t)
	}
}

// weightGrad is a weight gradient as matrix products: for one tap of the outer
// axes, the weights of a stretch of the kernel's row times input channels are
// the rows, the output channels the columns, and the sum runs over the output
// positions, row by row.
type weightGrad[T Float] struct {
	*Conv
	engine *engine[T]
	x, dy  []T
	axes   [2][]phase
	// fan is the kernel for few input channels; it is not there with more.
	fan fanKernel[T]
	// turned says that output channels are the rows and weights of a stretch the
	// columns: with few output channels, they fill the vectors better.
	turned bool

	// Work is cut into parts of the units, each summed by itself, × cuts of the taps.
	units, parts, cuts int
	// sums are those of each part, of so many elements; apart says that they are not
	// those asked for.
	sums  []T
	size  int
	apart bool
	hands []hand[T]
}

// example adds one example's and group's share for taps [t0, t1) of the two
// outer axes.
func (g *weightGrad[T]) example(h *hand[T], into []T, n, group, t0, t1 int) {
	cg, kg := g.C/g.Groups, g.K/g.Groups
	b := box{sizes: [3]int{g.D, g.H, g.W}, channels: g.C, group: group, sc: cg}
	b.high[0], b.high[1] = g.D, g.H
	b.low[2], b.high[2] = -g.PW, (g.OW-1)*g.SW+(g.KW-1)*g.EW+1-g.PW
	rows := padded(&b, g.x[n*g.D*g.H*g.W*g.C:], &h.rows)
	dy := g.dy[n*g.OD*g.OH*g.OW*g.K:][:g.OD*g.OH*g.OW*g.K]

	if g.turned {
		g.turnedExample(h, &b, rows, dy, into, group, t0, t1)
		return
	}
	stretch, stretches := g.stretches()
	width := min(g.engine.cols, kg)
	block := max(1, panelBytes/(4*g.OW*width))
	t := &h.tile
	*t = tile[T]{length: g.OW, aRow: 1, aStep: g.SW * cg, cRow: g.K, add: true}
	for row := 0; row < g.OD*g.OH; row += block {
		last := min(row+block, g.OD*g.OH)
		positions := (last - row) * g.OW
		columns, paneled := dy[row*g.OW*g.K:][:positions*g.K], false
		t.bStep = g.K
		if kg > width && g.K >= panelChannels {
			columns, paneled = g.panels(h, columns, group, positions), true
		}
		for tap := t0; tap < t1; tap++ {
			for column := 0; column < kg; column += width {
				t.cols = min(width, kg-column)
				if paneled {
					t.bStep = t.cols
					t.b = columns[column*positions:]
				} else {
					t.b = columns[group*kg+column:]
				}
				h.runs = g.runs(h.runs[:0], &b, tap/g.KH, tap%g.KH, row, last, t.bStep)
				if len(h.runs) == 0 {
					break
				}
				t.runs = h.runs
				for kw := range stretches {
					at := -g.PW - b.low[2] + kw*g.EW
					to := g.weight(0, tap, kw) + group*kg + column
					for i := range pieces(stretch, g.engine.rows) {
						r0, r1 := strip(stretch, g.engine.rows, i)
						t.rows = r1 - r0
						t.a = rows[at*cg+r0:]
						t.c = into[to+r0*g.K:]
						g.engine.compute(t)
					}
				}
			}
		}
	}
}

// panelChannels is how many channels are worth a copy of the columns of each tile:
// rows that lie far apart fall into few sets of the cache.
const panelChannels = 64

// stretches gives the length of the stretches of a row of the kernel, and how many
// there are: with dilation the taps of a row lie apart.
func (g *Conv) stretches() (length, count int) {
	if g.EW > 1 {
		return g.C / g.Groups, g.KW
	}
	return g.KW * g.C / g.Groups, 1
}

// panels copies a group's columns of some rows of dy, so that the columns of one
// tile lie densely: [panels][positions][columns].
func (g *weightGrad[T]) panels(h *hand[T], dy []T, group, positions int) []T {
	kg := g.K / g.Groups
	into := take(&h.columns, positions*kg)
	for column := 0; column < kg; column += g.engine.cols {
		cols := min(g.engine.cols, kg-column)
		to := into[column*positions:]
		from := dy[group*kg+column:]
		for i := range positions {
			copy(to[i*cols:][:cols], from[i*g.K:])
		}
	}
	return into
}

// runs lists the rows of outputs [from, to) whose input row for the tap is
// inside the source.
func (g *weightGrad[T]) runs(into []run, b *box, kd, kh, from, to, bStep int) []run {
	fd, fh := &g.axes[0][0].taps[kd], &g.axes[1][0].taps[kh]
	for row := from; row < to; row++ {
		d, h := fd.from+row/g.OH*g.SD, fh.from+row%g.OH*g.SH
		if d >= 0 && d < g.D && h >= 0 && h < g.H {
			into = append(into, run{a: b.at(d, h), b: (row - from) * g.OW * bStep})
		}
	}
	return into
}
