package kernel

// Winograd's minimal filtering F(2×2×2, 3×3×3), for kernels of 3×3×3 without
// strides, dilation or groups. (Lavin and Gray, "Fast Algorithms for
// Convolutional Neural Networks", 2015, in three dimensions.)
//
// The outputs are cut into tiles of 2×2×2. A tile reads 4×4×4 inputs, which Bᵀ
// along each axis turns into 64 values called points; G does the same to the
// weights. At each point the channels are multiplied by a matrix, and Aᵀ along
// each axis turns the 64 results into the tile:
//
//	     1  0 -1  0          1   0   0         1  1  1  0
//	Bᵀ = 0  1  1  0      G = ½   ½   ½    Aᵀ = 0  1 -1 -1
//	     0 -1  1  0          ½  -½   ½
//	     0  1  0 -1          0   0   1
//
// These are 64 products for 8 outputs where the direct way takes 216. The
// gradients take the same transforms: that by the input is a convolution with
// the kernel mirrored, and that by the weights is Gᵀ of the sum over the tiles
// of the products of Bᵀ of the inputs and A of the outputs' gradients.
//
// All factors are 0, ±1 and ½, so that the rounding errors stay close to the
// direct way's. What is not finite spreads: an output that would be NaN or
// infinite stays one of the two, and the other outputs of its tile can become
// so too.
const (
	// tileStep is how many outputs along an axis a tile has, tileReach how many
	// inputs.
	tileStep, tileReach = 2, 4
	// slicePoints are the points of one of the tileReach slices of a tile: the
	// points that have one place along the first axis.
	slicePoints = tileReach * tileReach
	allPoints   = tileReach * slicePoints
)

// winogradKernels is the work of Winograd convolution in one set of
// instructions.
type winogradKernels[T Float] struct {
	// multiply computes the products; its strips have least to rows rows.
	multiply func(q *points[T])
	least    int
	// pad divides the number of columns of points in memory: a vector.
	pad int
	// input is Bᵀ, gradient is A, both for one slice.
	input, gradient func(s *slice[T])
	// output is Aᵀ.
	output func(o *outputs[T])
	// weights is G, weightGrad is Gᵀ.
	weights, weightGrad func(f *filter[T])
	// costs are what Choose takes their work for.
	costs winogradCosts
}

// points is a product of matrices for each of some points p. Each is cut into
// strips s of rows rows:
//
//	c[p·cPoint + (s·rows+i)·cols + j] = the sum over l in [0, length) of
//	    a[p·aPoint + (s·rows+i)·aRow + l·aStep] · b[p·bPoint + l·bStep + j]
//
// for i in [0, rows) and j in [0, cols), a whole number of vectors.
//
// Assembly reads the fields by their offsets.
type points[T Float] struct {
	a, b, c                []T
	count, strips, length  int
	aPoint, bPoint, cPoint int
	aRow, aStep, bStep     int
	// add keeps what c holds and adds to it.
	add  bool
	rows int
	cols int
	// While a strip is worked on, the next one is fetched: at each step the element of
	// a that lies ahead of the strip's first one, by pace more each time.
	ahead, pace int
}

// grid is the tiles of all examples, in rows along the last axis.
type grid struct {
	examples int
	tiles    [3]int
}

func newGrid(examples, d, h, w int) grid {
	return grid{examples, [3]int{pieces(d, tileStep), pieces(h, tileStep), pieces(w, tileStep)}}
}

// rows is the number of rows of tiles.
func (g *grid) rows() int { return g.examples * g.tiles[0] * g.tiles[1] }

// area is the tiles [w0, w1) of the rows [r0, r1) of a grid.
type area struct{ r0, r1, w0, w1 int }

func (a *area) tiles() int { return (a.r1 - a.r0) * (a.w1 - a.w0) }

// areas cuts the rows [from, to) of a grid into areas of about so many tiles, as
// even as possible.
type areas struct {
	from, to     int
	width        int
	down, across int
}

func (g *grid) areas(from, to, tiles int) areas {
	a := areas{from: from, to: to, width: g.tiles[2], across: pieces(g.tiles[2], tiles)}
	a.down = pieces(to-from, max(1, tiles/g.tiles[2]))
	return a
}

func (a *areas) count() int { return a.down * a.across }

func (a *areas) at(i int) area {
	down, across := i/a.across, i%a.across
	rows := a.to - a.from
	return area{
		r0: a.from + rows*down/a.down, r1: a.from + rows*(down+1)/a.down,
		w0: a.width * across / a.across, w1: a.width * (across + 1) / a.across,
	}
}

// place is where a row of tiles lies: in which example, and at which of its tiles
// along the first two axes.
func (g *grid) place(row int) (example, d, h int) {
	rest := row / g.tiles[1]
	return rest / g.tiles[0], rest % g.tiles[0], row % g.tiles[1]
}

// pointGap keeps the points of a tile from falling into the same set of the
// cache.
const pointGap = 16

// areaBytes is the size of the points of an area, in and out, that should stay
// in the second-level cache beside the weights that pass through.
const areaBytes = 640 << 10

// winograd is a convolution from source to result; it serves the forward
// convolution and the gradient by the input.
type winograd[T Float] struct {
	grid
	engine *engine[T]
	source tiled[T]
	result []T
	bias   []T
	out    [3]int
	// sc and rc are the channels of source and result.
	sc, rc int
	// weights are [panels][points][sc][columns of the panel].
	weights       []T
	panels, width int
	areas         areas
	// parts is into how many chunks the panels of an area are cut.
	parts int
	// flipped mirrors the kernel and exchanges its channels.
	flipped bool
	w       []T
	hands   []hand[T]
}

// plan cuts up the work. All but that is set.
func (v *winograd[T]) plan(e *engine[T]) {
	v.sized(e)
	v.source.kernel, v.source.span, v.source.planes = e.winograd.input, tileReach, &inputPlanes
	tiles := areaBytes / (4 * allPoints * (v.sc + min(e.cols, v.width)))
	tiles = max(1, (tiles+e.rows/2)/e.rows) * e.rows
	v.areas = v.grid.areas(0, v.grid.rows(), tiles)
	v.parts = min(v.panels, pieces(enoughChunks, max(1, v.areas.count())))
}

// sized cuts up the columns.
func (v *winograd[T]) sized(e *engine[T]) {
	v.engine, v.panels, v.width = e, pieces(v.rc, e.cols), upTo(v.rc, e.winograd.pad)
}

// transformed is the number of transformed weights.
func (v *winograd[T]) transformed() int { return allPoints * (v.sc*v.width + v.panels*pointGap) }

// upTo is n rounded up to a multiple.
func upTo(n, multiple int) int { return pieces(n, multiple) * multiple }

// columns is the number of columns of a panel in memory.
func (v *winograd[T]) columns(panel int) int {
	return min(v.engine.cols, v.width-panel*v.engine.cols)
}

// panel is the transformed weights of a panel, point its points' distance.
func (v *winograd[T]) panel(panel int) (weights []T, point int) {
	point = v.sc*v.columns(panel) + pointGap
	return v.weights[allPoints*panel*(v.sc*v.engine.cols+pointGap):][:allPoints*point], point
}

// run computes the result.
func (v *winograd[T]) run(p *Pool, s *Scratch[T]) {
	v.weights = take(&s.weights, v.transformed())
	v.hands = s.crew(p)
	p.run(v.panels*pieces(v.sc, filterRows), winogradFilters[T]{v})
	p.run(v.areas.count()*v.parts, v)
}

// winogradFilters transforms some rows of the weights of a panel.
type winogradFilters[T Float] struct{ *winograd[T] }

func (v winogradFilters[T]) do(worker, chunk int) {
	cuts := pieces(v.sc, filterRows)
	panel, cut := chunk/cuts, chunk%cuts
	v.transform(&v.hands[worker], panel, v.sc*cut/cuts, v.sc*(cut+1)/cuts)
}

func (v *winograd[T]) do(worker, chunk int) {
	part := chunk % v.parts
	v.area(&v.hands[worker], v.areas.at(chunk/v.parts), v.panels*part/v.parts, v.panels*(part+1)/v.parts)
}

// area computes panels [from, to) of the tiles of an area.
func (v *winograd[T]) area(h *hand[T], a area, from, to int) {
	e, k := v.engine, &v.engine.winograd
	tiles := a.tiles()
	q := &h.points
	*q = points[T]{count: allPoints, strips: pieces(tiles, e.rows), length: v.sc, aStep: 1}
	q.rows = max(k.least, pieces(tiles, q.strips))
	// Rows after the last tile hold anything; what they give is not read.
	height := q.strips * q.rows
	q.aRow = upTo(v.sc, k.pad)
	q.aPoint = height*q.aRow + pointGap
	q.ahead, q.pace = q.rows*q.aRow, q.rows
	q.a = take(&h.columns, allPoints*q.aPoint)
	v.source.transform(h, &v.grid, a, 0, tileReach, q.a, q.aPoint, q.aRow)
	for panel := from; panel < to; panel++ {
		cols := v.columns(panel)
		q.cols, q.bStep = cols, cols
		q.b, q.bPoint = v.panel(panel)
		q.cPoint = height*cols + pointGap
		q.c = take(&h.products, allPoints*q.cPoint)
		k.multiply(q)
		v.store(h, a, panel, q.c, q.cPoint, cols)
	}
}

// store turns a panel's products into outputs.
func (v *winograd[T]) store(h *hand[T], a area, panel int, products []T, point, cols int) {
	first := panel * v.engine.cols
	o := &h.outputs
	*o = outputs[T]{point: point, tile: cols, channels: min(cols, v.rc-first), step: tileStep * v.rc}
	if v.bias != nil {
		o.bias = v.bias[first:][:o.channels]
	}
	// The last tile of an axis of odd length has one output along it. Its other
	// one is stored in the same place, before it.
	row, plane := v.out[2]*v.rc, v.out[1]*v.out[2]*v.rc
	whole := min(a.w1, v.out[2]/tileStep)
	for r := a.r0; r < a.r1; r++ {
		example, d, y := v.grid.place(r)
		d, y = d*tileStep, y*tileStep
		o.plane, o.row, o.column = plane, row, v.rc
		if d+1 == v.out[0] {
			o.plane = 0
		}
		if y+1 == v.out[1] {
			o.row = 0
		}
		at := ((example*v.out[0]+d)*v.out[1]+y)*row + a.w0*o.step + first
		m := products[(r-a.r0)*(a.w1-a.w0)*cols:]
		if o.count = whole - a.w0; o.count > 0 {
			o.m, o.y = m, v.result[at:]
			v.engine.winograd.output(o)
		}
		if whole < a.w1 {
			done := whole - a.w0
			o.count, o.column = 1, 0
			o.m, o.y = m[done*cols:], v.result[at+done*o.step:]
			v.engine.winograd.output(o)
		}
	}
}

func winogradForward[T Float](p *Pool, s *Scratch[T], g *Conv, x, w, bias, y []T) {
	v := &s.winograd
	v.grid = newGrid(g.N, g.OD, g.OH, g.OW)
	v.source = tiled[T]{values: x, sizes: [3]int{g.D, g.H, g.W}, channels: g.C, pad: [3]int{g.PD, g.PH, g.PW}}
	v.result, v.bias, v.out = y, bias, [3]int{g.OD, g.OH, g.OW}
	v.sc, v.rc, v.w, v.flipped = g.C, g.K, w, false
	v.plan(engineOf[T]())
	v.run(p, s)
}

func winogradTranspose[T Float](p *Pool, s *Scratch[T], g *Conv, y, w, bias, x []T) {
	v := &s.winograd
	v.grid = newGrid(g.N, g.D, g.H, g.W)
	v.source = tiled[T]{values: y, sizes: [3]int{g.OD, g.OH, g.OW}, channels: g.K, pad: [3]int{2 - g.PD, 2 - g.PH, 2 - g.PW}}
	v.result, v.bias, v.out = x, bias, [3]int{g.D, g.H, g.W}
	v.sc, v.rc, v.w, v.flipped = g.K, g.C, w, true
	v.plan(engineOf[T]())
	v.run(p, s)
}
