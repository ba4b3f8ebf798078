package kernel

// square is a row of windows of 2×2×2 outputs of a convolution with a kernel of
// 3×3×3 over one channel, by Winograd's method F(2,3) along the last two axes, whose
// sums stay in registers until only the largest is left. The outputs of a window's
// plane d are
//
//	y[i, d] = Aᵀ (the sum over kd of v[d + kd, i] × u[kd]) A + bias
//
// where × is element by element: 16 points instead of 36 products. What is stored
// is the largest of the 8 and of the floor; code is its number. Both kinds of
// sums err by about the same: the factors of Aᵀ are 1 and -1.
//
// Assembly reads the fields by their offsets.
type square[T Float] struct {
	// v is [4 planes][squarePoints][squareTiles], and begins with the first
	// window.
	v []T
	// u is [3 planes][squarePoints][columns], in whole vectors.
	u []T
	// bias, y and code are for the columns; nil bias adds nothing, nil code is not
	// set.
	bias, y                          []T
	code                             []uint8
	count, yStep, codeStep, lastLane int
	floor                            T
}

// squareRow transforms four rows of a plane of the input, `row` apart, for count
// windows, at most squareTiles: v[p, i] = Bᵀ x[0:4, 2·i:2·i+4] B.
//
// Assembly reads the fields by their offsets.
type squareRow[T Float] struct {
	x, v       []T
	row, count int
}

const (
	squarePoints = 16
	// squareTiles is how many windows of a row are transformed at a time.
	squareTiles = 32
	squarePlane = squarePoints * squareTiles
	// squareDepth is how many planes of windows are worked with what is
	// transformed for them: together it stays in the first-level cache.
	squareDepth = 4
	// squareRows is about how many rows of windows make a chunk.
	squareRows = 8
)

// squares says that the windows can be worked like this.
func (f *convPool[T]) squares() bool {
	g, t := f.g, f.t
	return len(f.work.squares) > 0 && t.KD == 2 && t.KH == 2 && t.KW == 2 && g.C == 1 &&
		g.KD == 3 && g.KH == 3 && g.KW == 3 && g.SD == 1 && g.SH == 1 && g.SW == 1 && g.ED == 1 && g.EH == 1 && g.EW == 1
}

// inSquares computes all outputs.
func (f *convPool[T]) inSquares(p *Pool, s *Scratch[T], w, bias []T) {
	e := engineOf[T]()
	panels := pieces(f.g.K, e.cols)
	width := upTo(f.g.K, e.lanes)
	u := take(&s.weights, 3*squarePoints*width)
	for panel := range panels {
		first := panel * e.cols
		squareWeights(u[3*squarePoints*first:], w[first:], f.g.K, min(e.cols, f.g.K-first), min(e.cols, width-first))
	}
	bands := min(f.t.OH, max(pieces(f.t.OH, squareRows), pieces(enoughChunks, f.g.N)))
	hands := s.crew(p)
	p.run(f.g.N*bands, func(worker, chunk int) {
		n, band := chunk/bands, chunk%bands
		f.band(&hands[worker], u, bias, n, f.t.OH*band/bands, f.t.OH*(band+1)/bands)
	})
}

// squareWeights transforms a panel of weights: G w Gᵀ for each plane, in columns
// that are 0 after the last channel.
func squareWeights[T Float](u, w []T, channels, cols, width int) {
	transform := func(a, b, c T) [4]T { return [4]T{a, (a + b + c) / 2, (a - b + c) / 2, c} }
	clear(u[:3*squarePoints*width])
	for kd := range 3 {
		for c := range cols {
			at := func(h, kw int) T { return w[((kd*3+h)*3+kw)*channels+c] }
			var rows [3][4]T
			for kw := range rows {
				rows[kw] = transform(at(0, kw), at(1, kw), at(2, kw))
			}
			for i := range 4 {
				for j, v := range transform(rows[0][i], rows[1][i], rows[2][i]) {
					u[(kd*squarePoints+i*4+j)*width+c] = v
				}
			}
		}
	}
}

// band computes rows [from, to) of windows of all planes of an example.
func (f *convPool[T]) band(h *hand[T], u, bias []T, n, from, to int) {
	g, t, e := f.g, f.t, engineOf[T]()
	b := box{sizes: [3]int{g.D, g.H, g.W}, channels: 1, sc: 1}
	b.low = [3]int{-g.PD, 2*from - g.PH, -g.PW}
	b.high = [3]int{2*t.OD + 2 - g.PD, 2*to + 2 - g.PH, 2*t.OW + 2 - g.PW}
	d0, h0, left := b.low[0], b.low[1], b.low[2]
	rows := padded(&b, f.x[n*g.D*g.H*g.W:], &h.rows)
	left -= b.low[2] // b may have become the whole of the source
	v := take(&h.columns, (2*squareDepth+2)*squarePlane)
	q := &h.square
	*q = square[T]{yStep: g.K, codeStep: CodeStride(g.K), floor: floorOf[T](t.Relu)}
	for oh := from; oh < to; oh++ {
		for ow := 0; ow < t.OW; ow += squareTiles {
			q.count = min(squareTiles, t.OW-ow)
			for od := 0; od < t.OD; od += squareDepth {
				depth := min(squareDepth, t.OD-od)
				for d := range 2*depth + 2 {
					r := &h.squareRow
					*r = squareRow[T]{x: rows[b.at(d0+2*od+d, h0+2*(oh-from))+left+2*ow:], v: v[d*squarePlane:], row: b.high[2] - b.low[2], count: q.count}
					f.work.squareRow(r)
				}
				for first := 0; first < g.K; first += e.cols {
					cols := min(e.cols, g.K-first)
					vectors := pieces(cols, e.lanes)
					q.u, q.lastLane = u[3*squarePoints*first:], cols-(vectors-1)*e.lanes
					if bias != nil {
						q.bias = bias[first:]
					}
					for d := range depth {
						output := ((n*t.OD+od+d)*t.OH+oh)*t.OW + ow
						q.v, q.y = v[2*d*squarePlane:], f.y[output*g.K+first:]
						if f.codes != nil {
							q.code = f.codes[output*q.codeStep+first:]
						}
						f.work.squares[vectors](q)
					}
				}
			}
		}
	}
}
