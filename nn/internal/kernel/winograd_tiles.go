package kernel

// slice is the transform of one slice of the tiles of a row, all channels: from
// two planes of each tile, the near and the far one,
//
//	z = near · x[near plane] + far · x[far plane]
//
// and then the same transform along the other two axes of z, from span×span
// places to 4×4 points. The kernel for inputs takes near for 1.
//
// The rows are read where they lie. Those outside the array are given as zeros, and
// places outside a row count as zeros.
//
// Assembly reads the fields by their offsets.
type slice[T Float] struct {
	// rows are those of the near plane and, from farRow on, of the far one.
	rows [2 * tileReach][]T
	// v begins at the first tile's first point.
	v []T
	// at is where the first tile begins in a row, which has end elements.
	at, end   int
	near, far T
	// count is the number of tiles; step is from one to the next in a row, column
	// between its places.
	count, step, column int
	channels            int
	// Distances in v: between points, between tiles. A tile's channels are
	// written in whole vectors.
	point, tile int
}

// farRow is the number of the far plane's first row.
const farRow = tileReach

// plane is how a slice is made from two planes of a tile.
type plane struct{ first, second, near, far int }

// inputPlanes are the rows of Bᵀ, outputPlanes those of A.
var (
	inputPlanes  = [tileReach]plane{{0, 2, 1, -1}, {1, 2, 1, 1}, {2, 1, 1, -1}, {1, 3, 1, -1}}
	outputPlanes = [tileReach]plane{{0, 1, 1, 0}, {0, 1, 1, 1}, {0, 1, 1, -1}, {0, 1, 0, -1}}
)

// tiled is an array [examples, sizes…, channels] that is cut into tiles of span
// places, tileStep apart, the first of which begins pad places before the array.
type tiled[T Float] struct {
	values   []T
	sizes    [3]int
	channels int
	span     int
	pad      [3]int
	planes   *[tileReach]plane
	kernel   func(s *slice[T])
}

// transform computes slices [from, to) of the tiles of an area: into[p·point +
// t·tile + c] for their points p and the area's tiles t.
func (t *tiled[T]) transform(h *hand[T], g *grid, a area, from, to int, into []T, point, tile int) {
	width := t.sizes[2] * t.channels
	// Rows outside the array.
	zeros := take(&h.rows, width)
	clear(zeros)
	q := &h.slice
	*q = slice[T]{
		at: (a.w0*tileStep - t.pad[2]) * t.channels, end: width,
		count: a.w1 - a.w0, step: tileStep * t.channels, column: t.channels,
		channels: t.channels, point: point, tile: tile,
	}
	for r := a.r0; r < a.r1; r++ {
		example, d, h := g.place(r)
		d, h = d*tileStep-t.pad[0], h*tileStep-t.pad[1]
		for number, p := range t.planes[from:to] {
			for i := range t.span {
				q.rows[i] = t.row(example, d+p.first, h+i, zeros)
				q.rows[farRow+i] = t.row(example, d+p.second, h+i, zeros)
			}
			q.near, q.far = T(p.near), T(p.far)
			q.v = into[number*slicePoints*point+(r-a.r0)*q.count*tile:]
			t.kernel(q)
		}
	}
}

// row is a row of an example, or zeros where it has none.
func (t *tiled[T]) row(example, d, h int, zeros []T) []T {
	if d < 0 || d >= t.sizes[0] || h < 0 || h >= t.sizes[1] {
		return zeros
	}
	width := len(zeros)
	return t.values[((example*t.sizes[0]+d)*t.sizes[1]+h)*width:][:width]
}

// outputs turns the products of the tiles of a row into outputs, Aᵀ along each
// axis:
//
//	y[t·step + d·plane + h·row + w·column + c] = bias[c] + the sum over the points p
//	    of their factor · m[p·point + t·tile + c]
//
// for d, h and w in {0, 1}, t in [0, count) and c in [0, channels). Outputs that
// have the same place are stored from the last to the first.
//
// Assembly reads the fields by their offsets.
type outputs[T Float] struct {
	m, y []T
	// bias has so many channels; nil adds nothing.
	bias               []T
	point, tile        int
	plane, row, column int
	count, step        int
	channels           int
}

// filter is the transform of some rows of weights, or back: w[tap·27 taps +
// r·row + c] and u[p·point + r·tile + c], for r in [0, count) and c in
// [0, channels), at most a vector, or any number in plain Go. Columns of u are
// written in whole vectors, with zeros after the channels; the way back adds to
// w.
//
// Assembly reads the fields by their offsets.
type filter[T Float] struct {
	w, u        []T
	tap, row    int
	point, tile int
	count       int
	channels    int
	// taps is room for the elements of one vector of weights, which often lie in
	// the same set of the cache.
	taps [27 * 16]T
}

// filterRows is how many rows of weights a chunk transforms.
const filterRows = 16

// transform makes the weights of rows [from, to) of a panel.
func (v *winograd[T]) transform(h *hand[T], panel, from, to int) {
	e := v.engine
	cols, first := v.columns(panel), panel*e.cols
	channels := min(cols, v.rc-first)
	f := &h.filter
	f.tap, f.row, f.tile, f.count = v.sc*v.rc, v.rc, cols, to-from
	var u []T
	u, f.point = v.panel(panel)
	w, u := v.w[from*v.rc+first:], u[from*cols:]
	if v.flipped {
		w = v.mirror(h, first, channels, from, to)
		f.tap, f.row = (to-from)*channels, channels
	}
	for c := 0; c < channels; c += e.lanes {
		f.w, f.u, f.channels = w[c:], u[c:], min(e.lanes, channels-c)
		e.winograd.weights(f)
	}
}

// mirror copies a part of the kernel with its taps in reverse order, so that the
// columns are input channels and the rows output channels.
func (v *winograd[T]) mirror(h *hand[T], first, channels, from, to int) []T {
	into := take(&h.rows, 27*(to-from)*channels)
	for tap := range 27 {
		at := into[(26-tap)*(to-from)*channels:]
		w := v.w[tap*v.sc*v.rc+first*v.sc:]
		for c := range channels {
			for r, value := range w[c*v.sc+from : c*v.sc+to] {
				at[r*channels+c] = value
			}
		}
	}
	return into
}
