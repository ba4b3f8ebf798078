package kernel

// A convolution with pooling by windows of 2×2×2 computes pairs of outputs that are
// neighbours along the row. For kernels that are 3 long there, Winograd's minimal
// filtering F(2, 3) makes a pair of 4 products where the direct way takes 6 (see
// winograd.go for the transforms, here along one axis):
//
//	left  = x0·g0 + x1·g1 + x2·g2 = p + m + (x0-x2)·g0
//	right = x1·g0 + x2·g1 + x3·g2 = p - m + (x3-x1)·g2
//	p ± m = (x1+x2)·(g0+g1+g2)/2 ± (x2-x1)·(g0-g1+g2)/2
//
// p and m are summed over the whole kernel and its channels before they are joined;
// what is left is summed on top of them. So the way back costs one addition and one
// subtraction a pair. Where neighbours of the input are equal, m and the rest are 0:
// outputs that are equal stay so, and of them the first counts.
//
// A NaN comes into the outputs that read it and no others. An infinite input makes
// those outputs infinite or NaN.
const (
	// tapsOfPair is the kernel's length, pointsOfPair how many products a pair takes.
	tapsOfPair, pointsOfPair = 3, 4
)

// pairOrder is what the points of a pair are made of, in their order: those summed
// first, then those on top of them.
var pairOrder = [pointsOfPair]struct {
	first, second int
	sign          int
}{{1, 2, 1}, {2, 1, -1}, {0, 2, -1}, {3, 1, -1}}

// pairs turns a row of inputs into points. A vector of v is, lane by lane,
//
//	x[first] + sign·x[second]
//
// with places counted from where its first pair begins. Whole vectors are written.
//
// Assembly reads the fields by their offsets.
type pairs[T Float] struct {
	// x ends where nothing may be read any more.
	x, v          []T
	first, second [codeAlign]int32
	sign          [codeAlign]T
	// vectors are step apart in x, and vStep in v.
	vectors, step, vStep int
}

// pairPoints is how rows of so many channels become points: v is [pairs][channels][points].
func pairPoints[T Float](channels int) pairs[T] {
	lanes := engineOf[T]().lanes
	together := lanes / (pointsOfPair * channels)
	q := pairs[T]{step: 2 * together * channels, vStep: pointsOfPair * together * channels}
	for lane := range min(lanes, q.vStep) {
		point, rest := pairOrder[lane%pointsOfPair], lane/pointsOfPair
		channel, pair := rest%channels, rest/channels
		q.first[lane] = int32((2*pair+point.first)*channels + channel)
		q.second[lane] = int32((2*pair+point.second)*channels + channel)
		q.sign[lane] = T(point.sign)
	}
	return q
}

// pairing is a convolution that is worked in pairs of outputs.
type pairing[T Float] struct {
	g *Conv
	v *sweep[T]
	// weights are the points of the weights; nil if there is no such kernel.
	weights []T
	// inputs is how inputs become points, of so many pairs in a row.
	inputs pairs[T]
	count  int
}

// pairable says that there is a kernel for pairs, and that the weights' points stay in
// the first-level cache.
func pairable[T Float](g *Conv) bool {
	e := engineOf[T]()
	return len(passesOf[T]().pairedPeaks) > 0 && g.KW == tapsOfPair && g.SW == 1 && g.EW == 1 && pointsOfPair*g.C <= e.lanes &&
		4*g.KD*g.KH*pointsOfPair*g.C*e.cols <= peakBytes
}

// newPairing readies the weights of a sweep that is not joint, for rows of so many pairs.
func newPairing[T Float](s *Scratch[T], g *Conv, v *sweep[T], count int) pairing[T] {
	return pairing[T]{g: g, v: v, weights: v.pairWeights(&s.paired), inputs: pairPoints[T](g.C), count: count}
}

// rows makes the points of all rows of a box, and gives the box that they are.
func (f *pairing[T]) rows(h *hand[T], b *box, rows []T) (box, []T) {
	q := &h.pairs
	*q = f.inputs
	width := f.count * pointsOfPair * f.g.C
	q.vectors = pieces(width, q.vStep)
	points := *b
	points.low[2], points.high[2] = 0, f.count*pointsOfPair
	count := (b.high[0] - b.low[0]) * (b.high[1] - b.low[1])
	// What is written behind the end of a row is the next one's.
	into := take(&h.products, count*width+q.vStep+f.v.engine.lanes)
	wide, work := (b.high[2]-b.low[2])*f.g.C, passesOf[T]()
	for row := range count {
		q.x, q.v = rows[row*wide:], into[row*width:]
		work.pair(q)
	}
	return points, into
}

// panel is the points of the weights of a panel, and how many columns it has.
func (f *pairing[T]) panel(panel int) (points []T, cols int) {
	first := f.g.KD * f.g.KH * pointsOfPair * f.g.C * panel * f.v.engine.cols
	return f.weights[first:], f.v.paddedColumns(f.v.columns(panel))
}

// pairWeights makes the points of packed weights: [panels][2][kernel d][kernel h][channels][2][columns
// of the panel], first the two that are summed first. The columns are whole vectors,
// the last with zeros: to cut a vector short costs as much as to multiply it.
func (v *sweep[T]) pairWeights(memory *[]T) []T {
	rows := v.kernel[0] * v.kernel[1] * v.sc
	all := take(memory, rows*pointsOfPair*v.paddedColumns(v.width()))
	clear(all)
	into := all
	for panel := range v.panels {
		cols := v.columns(panel)
		padded, from := v.paddedColumns(cols), v.panel(0, panel)
		half := rows * pointsOfPair / 2 * padded
		for row := range rows {
			taps := from[(row/v.sc*tapsOfPair*v.sc+row%v.sc)*cols:]
			sums := into[2*row*padded:]
			tops := sums[half:]
			for j := range cols {
				g0, g1, g2 := taps[j], taps[v.sc*cols+j], taps[2*v.sc*cols+j]
				sides, middle := (g0+g2)/2, g1/2
				sums[j], sums[padded+j] = sides+middle, sides-middle
				tops[j], tops[padded+j] = g0, g2
			}
		}
		into = into[2*half:]
	}
	return all
}

// paddedColumns is so many columns in whole vectors.
func (v *sweep[T]) paddedColumns(cols int) int { return upTo(cols, v.engine.lanes) }
