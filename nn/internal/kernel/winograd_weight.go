package kernel

// weightBytes is the size of one slice of the points of an area, of inputs and
// gradients, that should stay in the second-level cache beside that of the sums.
const weightBytes = 480 << 10

// leastTiles is how many tiles a weight gradient multiplies at a time at least:
// with fewer, adding up the products takes longer than making them.
const leastTiles = 28

// groupAreas is how many areas are taken for one slice of the points before the
// next. The more, the longer a slice of the sums stays in the cache; the fewer,
// the longer the inputs and gradients do, which each slice reads again.
const groupAreas = 8

// winogradWeights is a weight gradient. A chunk computes the sums of a part of
// the rows of tiles, slice by slice of the points so that they stay in the cache.
// Where that gives too few chunks, each is cut further, by slices.
type winogradWeights[T Float] struct {
	grid
	engine        *engine[T]
	x, dy         tiled[T]
	dw            []T
	c, k          int
	width, height int
	strips, rows  int
	parts, cuts   int
	tiles         int
	// sums are [parts][panels][points][height][columns of the panel].
	sums  []T
	hands []hand[T]
}

func (g *winogradWeights[T]) plan(e *engine[T]) {
	g.engine = e
	k := &e.winograd
	g.x.kernel, g.x.span, g.x.planes = k.input, tileReach, &inputPlanes
	g.dy.kernel, g.dy.span, g.dy.planes = k.gradient, tileStep, &outputPlanes
	g.strips = pieces(g.c, e.rows)
	g.rows = max(k.least, pieces(g.c, g.strips))
	g.height, g.width = g.strips*g.rows, upTo(g.k, k.pad)
	g.tiles = max(leastTiles, weightBytes/(4*slicePoints*(g.c+g.k)))
	most := max(1, partialBytes/(4*g.size()))
	g.parts = min(sumChunks, most, max(1, pieces(g.grid.rows()*g.grid.tiles[2], g.tiles)))
	g.cuts = min(tileReach, pieces(sumChunks, g.parts))
}

// size is the number of sums of one part.
func (g *winogradWeights[T]) size() int {
	return allPoints * (g.height*g.width + pieces(g.width, g.engine.cols)*pointGap)
}

func (g *winogradWeights[T]) run(p *Pool, s *Scratch[T]) {
	g.sums = take(&s.partials, g.parts*g.size())
	g.hands = s.crew(p)
	p.run(g.parts*g.cuts, g)
	p.run(pieces(g.width, g.engine.cols)*pieces(g.c, filterRows), winogradSums[T]{g})
}

func (g *winogradWeights[T]) do(worker, chunk int) {
	part, cut := chunk/g.cuts, chunk%g.cuts
	g.chunk(&g.hands[worker], part, tileReach*cut/g.cuts, tileReach*(cut+1)/g.cuts)
}

// winogradSums finishes some rows of a panel.
type winogradSums[T Float] struct{ *winogradWeights[T] }

func (g winogradSums[T]) do(worker, chunk int) {
	cuts := pieces(g.c, filterRows)
	panel, cut := chunk/cuts, chunk%cuts
	g.finish(&g.hands[worker], panel, g.c*cut/cuts, g.c*(cut+1)/cuts)
}

// spaced is the distance of rows of so many elements, that do not fall into the
// same set of the cache.
func spaced(length int) int {
	if length%256 == 0 {
		return length + pointGap
	}
	return length
}

// chunk computes slices [from, to) of the sums of a part.
func (g *winogradWeights[T]) chunk(h *hand[T], part, from, to int) {
	rows := g.grid.rows()
	all := g.grid.areas(rows*part/g.parts, rows*(part+1)/g.parts, g.tiles)
	count := all.count()
	for first := 0; first < count; first += groupAreas {
		for slice := from; slice < to; slice++ {
			for i := first; i < min(first+groupAreas, count); i++ {
				g.area(h, all.at(i), part, slice, i > 0)
			}
		}
	}
}

// area computes one slice of the sums of an area, or adds them.
func (g *winogradWeights[T]) area(h *hand[T], a area, part, slice int, add bool) {
	q := &h.points
	*q = points[T]{count: slicePoints, strips: g.strips, length: a.tiles(), aRow: 1, add: add, rows: g.rows}
	q.aStep, q.bStep = spaced(upTo(g.c, g.engine.winograd.pad)), spaced(g.width)
	q.aPoint, q.bPoint = q.length*q.aStep+pointGap, q.length*q.bStep+pointGap
	// The last strip reads past the channels of the last tile; what it gives is not
	// used.
	q.a = take(&h.columns, slicePoints*q.aPoint+g.height)
	b := take(&h.products, slicePoints*q.bPoint)
	g.x.transform(h, &g.grid, a, slice, slice+1, q.a, q.aPoint, q.aStep)
	g.dy.transform(h, &g.grid, a, slice, slice+1, b, q.bPoint, q.bStep)
	for panel := range pieces(g.width, g.engine.cols) {
		q.cols = g.columns(panel)
		q.b = b[panel*g.engine.cols:]
		q.c, q.cPoint = g.panel(part, panel)
		q.c = q.c[slice*slicePoints*q.cPoint:]
		g.engine.winograd.multiply(q)
	}
}

// panel is the sums of one part and panel, point their points' distance.
func (g *winogradWeights[T]) panel(part, panel int) (sums []T, point int) {
	point = g.height*g.columns(panel) + pointGap
	return g.sums[part*g.size()+allPoints*panel*(g.height*g.engine.cols+pointGap):][:allPoints*point], point
}

// columns is the number of columns of a panel in memory.
func (g *winogradWeights[T]) columns(panel int) int {
	return min(g.engine.cols, g.width-panel*g.engine.cols)
}

// finish adds rows [from, to) of a panel to the gradient.
func (g *winogradWeights[T]) finish(h *hand[T], panel, from, to int) {
	e := g.engine
	first := panel * e.cols
	cols := g.columns(panel)
	channels := min(cols, g.k-first)
	f := &h.filter
	f.tap, f.row, f.tile, f.count = g.c*g.k, g.k, cols, to-from
	for part := range g.parts {
		var sums []T
		sums, f.point = g.panel(part, panel)
		sums = sums[from*cols:]
		for c := 0; c < channels; c += e.lanes {
			f.w, f.u, f.channels = g.dw[from*g.k+first+c:], sums[c:], min(e.lanes, channels-c)
			e.winograd.weightGrad(f)
		}
	}
}

func winogradWeightGrad[T Float](p *Pool, s *Scratch[T], g *Conv, x, dy, dw []T) {
	v := &s.winogradWeights
	v.grid = newGrid(g.N, g.OD, g.OH, g.OW)
	v.x = tiled[T]{values: x, sizes: [3]int{g.D, g.H, g.W}, channels: g.C, pad: [3]int{g.PD, g.PH, g.PW}}
	v.dy = tiled[T]{values: dy, sizes: [3]int{g.OD, g.OH, g.OW}, channels: g.K}
	v.dw, v.c, v.k = dw, g.C, g.K
	v.plan(engineOf[T]())
	v.run(p, s)
}
