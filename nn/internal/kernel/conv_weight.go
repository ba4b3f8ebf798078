package kernel

// partialBytes bounds the memory for partial sums of a weight gradient.
const partialBytes = 32 << 20

// sumChunks is into how many parts a batch is cut for a weight gradient, each
// summed by itself. It decides the order of the additions.
const sumChunks = 8

// gradChunks is how many chunks a weight gradient without copies is cut into at least:
// finer ones than elsewhere, since all of a batch is in them.
const gradChunks = 32

// gradStep is what a step of a tile costs beside its products of vectors.
const gradStep = 2

// gradBytes is how much of x and dy is used before the next: they are read again for
// each tile of weights and should stay in the second-level cache.
const gradBytes = 768 << 10

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
	grad.tapwise = false
	grad.turned = !grad.fan.there() && grad.turns()
	grad.tapwise = !grad.turned && grad.goesByTap()

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
		chunks := enoughChunks
		if grad.tapwise {
			chunks = gradChunks
		}
		grad.cuts = min(g.KD*g.KH, pieces(chunks, parts))
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
	if g.apart && (g.fan.there() || g.turned || g.units == 0) {
		clear(into[g.weight(0, t0, 0):g.weight(0, t1, 0)]) // others begin the sums themselves
	}
	from, to := g.units*part/g.parts, g.units*(part+1)/g.parts
	if g.fan.there() {
		g.planes(&g.hands[worker], into, from, to)
		return
	}
	for n := from; n < to; n++ {
		for group := range g.Groups {
			g.example(&g.hands[worker], into, n, group, t0, t1, g.apart && n == from)
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
	// tapwise says that the taps of a row of the kernel are worked one after the
	// other: where the channels fill tiles, no zeros are needed beside x then.
	tapwise bool

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
// outer axes, or begins the sums with it.
func (g *weightGrad[T]) example(h *hand[T], into []T, n, group, t0, t1 int, begin bool) {
	cg, kg := g.C/g.Groups, g.K/g.Groups
	b := box{sizes: [3]int{g.D, g.H, g.W}, channels: g.C, sc: g.C, high: [3]int{g.D, g.H, g.W}}
	first := group * cg
	if !g.tapwise {
		b.group, b.sc, first = group, cg, 0
		b.low[2], b.high[2] = -g.PW, (g.OW-1)*g.SW+(g.KW-1)*g.EW+1-g.PW
	}
	rows := padded(&b, g.x[n*g.D*g.H*g.W*g.C:], &h.rows)
	rows = rows[min(first, len(rows)):]
	dy := g.dy[n*g.OD*g.OH*g.OW*g.K:][:g.OD*g.OH*g.OW*g.K]
	if g.turned {
		g.turnedExample(h, &b, rows, dy, into, group, t0, t1)
		return
	}
	// As many planes as fit, or so many rows of one.
	most := gradBytes / (4 * (g.SD*g.SH*g.SW*cg + kg))
	planes, height := max(1, most/(g.OH*g.OW)), min(max(1, most/g.OW), g.OH)
	for i := range pieces(g.OD, planes) {
		for j := range pieces(g.OH, height) {
			var block [2][2]int
			block[0][0], block[0][1] = strip(g.OD, planes, i)
			block[1][0], block[1][1] = strip(g.OH, height, j)
			h.tile = tile[T]{add: !begin || i+j > 0}
			g.block(h, &b, rows, dy, into, group, t0, t1, block)
		}
	}
}

// block adds the share of some rows of some planes of an example.
func (g *weightGrad[T]) block(h *hand[T], b *box, rows, dy, into []T, group, t0, t1 int, block [2][2]int) {
	t, kg := &h.tile, g.K/g.Groups
	t.aRow, t.aStep, t.bStep, t.cRow = 1, g.SW*b.sc, g.K, g.K
	length, count := g.stretches()
	for tap := t0; tap < t1; tap++ {
		for kw := range count {
			g.reads(h, b, tap, kw, block)
			if t.add && len(t.runs) == 0 {
				continue
			}
			to := into[g.weight(0, tap, kw)+group*kg:]
			for column := 0; column < kg; column += g.engine.cols {
				t.cols = min(g.engine.cols, kg-column)
				t.b = dy[group*kg+column:]
				for i := range pieces(length, g.engine.rows) {
					r0, r1 := strip(length, g.engine.rows, i)
					t.rows = r1 - r0
					t.a = rows[min(r0, len(rows)):]
					t.c = to[r0*g.K+column:]
					g.engine.compute(t)
				}
			}
		}
	}
}

// stretches gives the length of the stretches of a row of the kernel, and how many
// there are: with dilation the taps of a row lie apart.
func (g *weightGrad[T]) stretches() (length, count int) {
	if g.EW > 1 || g.tapwise {
		return g.C / g.Groups, g.KW
	}
	return g.KW * g.C / g.Groups, 1
}

// goesByTap says that fewer products of vectors are taken if the taps of a row of the
// kernel are worked one after the other: none with zeros then.
func (g *weightGrad[T]) goesByTap() bool {
	if g.EW > 1 {
		return true
	}
	inner, outer, columns := g.C/g.Groups, g.K/g.Groups, 0
	for kw := range g.KW {
		w0, w1 := reading([2]int{0, g.OW}, g.W, kw-g.PW, g.SW)
		columns += max(0, w1-w0)
	}
	cost := func(rows int) int {
		tiles := pieces(rows, g.engine.rows) * pieces(outer, g.engine.cols)
		return g.steps(rows, outer) + gradStep*tiles
	}
	return columns*cost(inner) <= g.OW*cost(g.KW*inner)
}

// reads gives the tile the runs of outputs of a block that read inside the source
// through a tap: rows, or planes if nothing lies between the rows.
func (g *weightGrad[T]) reads(h *hand[T], b *box, tap, kw int, block [2][2]int) {
	from := [3]int{tap/g.KH*g.ED - g.PD, tap%g.KH*g.EH - g.PH, kw*g.EW - g.PW}
	d0, d1 := reading(block[0], g.D, from[0], g.SD)
	h0, h1 := reading(block[1], g.H, from[1], g.SH)
	w0, w1 := 0, g.OW // with zeros all along
	if g.tapwise {
		w0, w1 = reading([2]int{0, g.OW}, g.W, from[2], g.SW)
	}
	count, length := h1-h0, w1-w0
	if g.SH == 1 && g.SW == 1 && length == b.high[2]-b.low[2] && length == g.OW {
		count, length = min(count, 1), length*count
	}
	h.runs = h.runs[:0]
	if length > 0 {
		for d := d0; d < d1; d++ {
			r := run{
				a: b.at(d*g.SD+from[0], h0*g.SH+from[1]) + (w0*g.SW+from[2]-b.low[2])*b.sc,
				b: ((d*g.OH+h0)*g.OW + w0) * g.K,
			}
			for range count {
				h.runs = append(h.runs, r)
				r.a += g.SH * (b.high[2] - b.low[2]) * b.sc
				r.b += g.OW * g.K
			}
		}
	}
	h.tile.runs, h.tile.length = h.runs, length
}

// reading is the range of some outputs along an axis that read inside the source
// where output 0 reads at from.
func reading(outputs [2]int, in, from, stride int) (low, high int) {
	low, high = outputs[0], outputs[1]
	if from < 0 {
		low = max(low, pieces(-from, stride))
	}
	return low, min(high, pieces(max(0, in-from), stride))
}
