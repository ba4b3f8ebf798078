package layers

import (
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// rowNorm normalises rows, of which an example has one or more.
type rowNorm[T tensor.Float] struct {
	// size is the length of a row, cuts into how many pieces a long one is cut.
	size, cuts  int
	epsilon     float64
	gamma, beta *nn.Param[T]
	// shift is how many times the mean is taken off: once or not at all.
	shift float64

	x []T
	// first and second are two sums of each piece.
	first, second []float64
	// mean and inverse are, for each row, the mean and 1 / √(variance + ε).
	mean, inverse []float64
	// sums are those of the weights.
	sums []float64

	// What flows in this pass.
	y, dy, dx []T
	// work is done on every piece, one of the steps below it, which are made once as
	// what runs them is, so that a pass takes no memory for them.
	work                           func(piece rowPiece)
	measures, scales, sees, slopes func(piece rowPiece)
	chunks, columns                func(chunk int)
	// forth and back work on short rows.
	forth, back func(chunk int)
	// few are the sums of a few rows by their places, for each part.
	few []T
	// unit is a row of ones, none one of zeros.
	unit, none []T
}

// rowPiece is a piece of a row: elements [from, to) of the batch, the first of
// which is at number place of its row.
type rowPiece struct{ number, row, place, from, to int }

func newRowNorm[T tensor.Float](size int, epsilon float64, gamma, beta *nn.Param[T]) *rowNorm[T] {
	l := &rowNorm[T]{size: size, cuts: (size + stretch - 1) / stretch, epsilon: epsilon, shift: 1, gamma: gamma, beta: beta}
	l.measures, l.scales, l.sees, l.slopes = l.measure, l.scale, l.see, l.slope
	l.chunks, l.columns, l.forth, l.back = l.chunk, l.column, l.shortForth, l.shortBack
	if size <= narrowRow {
		l.narrow()
	}
	return l
}

// pieces does work on every piece of every row, several at the same time.
func (l *rowNorm[T]) pieces(pool *nn.Pool, work func(piece rowPiece)) {
	l.work = work
	pool.Run(len(l.x)/l.size*l.cuts, l.chunks)
}

// chunk is a piece of a row.
func (l *rowNorm[T]) chunk(i int) {
	row, cut := i/l.cuts, i%l.cuts
	from, to := l.size*cut/l.cuts, l.size*(cut+1)/l.cuts
	l.work(rowPiece{i, row, from, row*l.size + from, row*l.size + to})
}

// prepare makes room for sums of each piece.
func (l *rowNorm[T]) prepare() (rows int) {
	rows = len(l.x) / l.size
	l.first, l.second = grown(l.first, rows*l.cuts), grown(l.second, rows*l.cuts)
	return rows
}

// joined adds up the sums of a row's pieces.
func (l *rowNorm[T]) joined(row int) (first, second float64) {
	for piece := row * l.cuts; piece < (row+1)*l.cuts; piece++ {
		first += l.first[piece]
		second += l.second[piece]
	}
	return first, second
}

func (l *rowNorm[T]) forward(p *nn.Pass[T], _ int, x, y []T) {
	l.x, l.y = x, y
	rows := l.prepare()
	l.mean, l.inverse = grown(l.mean, rows), grown(l.inverse, rows)
	if l.cuts == 1 {
		p.Pool.Run(rowStretches(rows, l.size), l.forth)
		return
	}
	l.pieces(p.Pool, l.measures)
	for row := range rows {
		first, second := l.joined(row)
		l.observe(row, first, second)
	}
	l.pieces(p.Pool, l.scales)
}

// shortForth normalises a stretch of short rows, one after the other.
func (l *rowNorm[T]) shortForth(chunk int) {
	from, to := rowStretch(chunk, len(l.x)/l.size, l.size)
	for row := from; row < to; row++ {
		x := l.x[row*l.size:][:l.size]
		// Measured from the row's first value, the squares do not cancel where the mean
		// is far from 0.
		first, second := spread(x, x[0])
		l.observe(row, first, second)
		l.scale(rowPiece{row, row, 0, row * l.size, (row + 1) * l.size})
	}
}

// observe works out a row's mean and spread from the sums of its distances from its
// first value and of their squares.
func (l *rowNorm[T]) observe(row int, first, second float64) {
	n := float64(l.size)
	l.mean[row] = float64(l.x[row*l.size]) + first/n
	l.inverse[row] = 1 / math.Sqrt(max(0, second-first*first/n)/n+l.epsilon)
}

// measure takes the sums of a piece. Measured from the row's first value, the
// squares do not cancel where the mean is far from 0.
func (l *rowNorm[T]) measure(piece rowPiece) {
	l.first[piece.number], l.second[piece.number] = spread(l.x[piece.from:piece.to], l.x[piece.row*l.size])
}

// scale sets a piece of the output.
func (l *rowNorm[T]) scale(piece rowPiece) {
	center, factor := T(l.shift*l.mean[piece.row]), T(l.inverse[piece.row])
	in, out := l.x[piece.from:piece.to], l.y[piece.from:piece.to]
	switch {
	case l.gamma != nil && l.beta != nil:
		gamma, beta := l.gamma.Value[piece.place:][:len(in)], l.beta.Value[piece.place:][:len(in)]
		for i, v := range in {
			out[i] = (v-center)*factor*gamma[i] + beta[i]
		}
	case l.gamma != nil:
		gamma := l.gamma.Value[piece.place:][:len(in)]
		for i, v := range in {
			out[i] = (v - center) * factor * gamma[i]
		}
	case l.beta != nil:
		beta := l.beta.Value[piece.place:][:len(in)]
		for i, v := range in {
			out[i] = (v-center)*factor + beta[i]
		}
	default:
		for i, v := range in {
			out[i] = (v - center) * factor
		}
	}
}

// shortSum is how many numbers are summed in the arrays' own precision, before the
// sum is added to others in double precision.
const shortSum = 128

// spread sums the distances from a value, and their squares. Four sums at a time
// keep the additions from waiting for one another.
func spread[T tensor.Float](x []T, from T) (first, second float64) {
	for len(x) > 0 {
		few := x[:min(shortSum, len(x))]
		x = x[len(few):]
		var a0, a1, a2, a3, b0, b1, b2, b3 T
		for ; len(few) >= 4; few = few[4:] {
			d0, d1, d2, d3 := few[0]-from, few[1]-from, few[2]-from, few[3]-from
			a0, a1, a2, a3 = a0+d0, a1+d1, a2+d2, a3+d3
			b0, b1, b2, b3 = b0+d0*d0, b1+d1*d1, b2+d2*d2, b3+d3*d3
		}
		for _, v := range few {
			d := v - from
			a0 += d
			b0 += d * d
		}
		first += float64(a0+a1) + float64(a2+a3)
		second += float64(b0+b1) + float64(b2+b3)
	}
	return first, second
}

// backward: with u = (x - mean)·inverse, or x·inverse where the mean is not taken
// off, and ĝ = γ·dy over a row of m values,
//
//	dγ = Σ dy·u, dβ = Σ dy, dx = inverse·(ĝ - shift·Σ ĝ/m - (x - mean)·inverse·Σ ĝ·u/m).
func (l *rowNorm[T]) backward(p *nn.Pass[T], dy, dx []T) {
	l.dy, l.dx = dy, dx
	if l.cuts == 1 {
		l.backShort(p)
		return
	}
	l.learn(p)
	if dx == nil {
		return
	}
	l.prepare()
	l.pieces(p.Pool, l.sees)
	l.pieces(p.Pool, l.slopes)
}

// see takes the sums of a piece of ĝ and of ĝ·(x - mean).
func (l *rowNorm[T]) see(piece rowPiece) {
	in, up, center := l.x[piece.from:piece.to], l.dy[piece.from:piece.to], T(l.shift*l.mean[piece.row])
	var sum, along float64
	for from := 0; from < len(up); from += shortSum {
		to := min(from+shortSum, len(up))
		var few, product T
		if l.gamma == nil {
			for i := from; i < to; i++ {
				few += up[i]
				product += up[i] * (in[i] - center)
			}
		} else {
			gamma := l.gamma.Value[piece.place:]
			for i := from; i < to; i++ {
				g := up[i] * gamma[i]
				few += g
				product += g * (in[i] - center)
			}
		}
		sum += float64(few)
		along += float64(product)
	}
	// It was taken about the rounded mean.
	along += sum * (float64(center) - l.shift*l.mean[piece.row])
	l.first[piece.number], l.second[piece.number] = sum, along
}

// slope sets a piece of the gradient.
func (l *rowNorm[T]) slope(piece rowPiece) {
	m := float64(l.size)
	sum, along := l.joined(piece.row)
	inverse := l.inverse[piece.row]
	factor, center := T(inverse), T(l.mean[piece.row])
	pull, push := T(-inverse*inverse*inverse*along/m), T(-l.shift*inverse*sum/m)
	in, up, down := l.x[piece.from:piece.to], l.dy[piece.from:piece.to], l.dx[piece.from:piece.to]
	if l.gamma == nil {
		for i, g := range up {
			down[i] = g*factor + (in[i]-center)*pull + push
		}
		return
	}
	gamma := l.gamma.Value[piece.place:][:len(up)]
	for i, g := range up {
		down[i] = g*factor*gamma[i] + (in[i]-center)*pull + push
	}
}

// backShort is the way back of short rows: their slopes and what they add to the
// gradients of the weights, row after row.
func (l *rowNorm[T]) backShort(p *nn.Pass[T]) {
	parts := min(weightParts, len(l.dy)/l.size)
	l.sums, l.few = grown(l.sums, parts*2*l.size), grown(l.few, parts*2*l.size)
	if l.unit == nil {
		l.unit = make([]T, l.size)
		fill(l.unit, 1)
	}
	p.Pool.Run(parts, l.back)
	if !l.learning() {
		return
	}
	total := l.sums[:2*l.size]
	for part := 1; part < parts; part++ {
		for i, v := range l.sums[part*2*l.size:][:2*l.size] {
			total[i] += v
		}
	}
	l.add(total)
}

// shortBack works on a part of the rows.
func (l *rowNorm[T]) shortBack(part int) {
	rows := len(l.dy) / l.size
	parts := min(weightParts, rows)
	sums, few := l.sums[part*2*l.size:][:2*l.size], l.few[part*2*l.size:][:2*l.size]
	clear(sums)
	clear(few)
	from, to := rows*part/parts, rows*(part+1)/parts
	for ; from < to; from += shortSum {
		next := min(from+shortSum, to)
		if l.size <= narrowRow {
			l.narrowBack(from, next, few[:l.size], few[l.size:])
		} else {
			for row := from; row < next; row++ {
				sum, along := l.weigh(row, few[:l.size], few[l.size:])
				if l.dx != nil {
					l.spreadBack(row, sum, along)
				}
			}
		}
		for i, v := range few {
			sums[i] += float64(v)
		}
		clear(few)
	}
}

// learning says that there are weights that are trained.
func (l *rowNorm[T]) learning() bool { return learns(l.gamma) || learns(l.beta) }

// weigh adds dy, and dy·u, of a short row to sums by place, and gives the sums of ĝ
// and of ĝ·u.
func (l *rowNorm[T]) weigh(row int, sums, alongs []T) (sum, along float64) {
	center, inverse := T(l.shift*l.mean[row]), T(l.inverse[row])
	up := l.dy[row*l.size:][:l.size]
	in, gamma, sums, alongs := l.x[row*l.size:][:len(up)], l.gammas()[:len(up)], sums[:len(up)], alongs[:len(up)]
	for from := 0; from < len(up); from += shortSum {
		var few, product T
		for i := from; i < min(from+shortSum, len(up)); i++ {
			g := up[i]
			u := (in[i] - center) * inverse
			sums[i] += g
			alongs[i] += g * u
			few += g * gamma[i]
			product += g * gamma[i] * u
		}
		sum += float64(few)
		along += float64(product)
	}
	return sum, along
}

// spreadBack sets the gradient of a short row, given those sums.
func (l *rowNorm[T]) spreadBack(row int, sum, along float64) {
	inverse, m := l.inverse[row], float64(l.size)
	factor, center := T(inverse), T(l.mean[row])
	pull, push := T(-inverse*inverse*along/m), T(-l.shift*inverse*sum/m)
	up := l.dy[row*l.size:][:l.size]
	in, down, gamma := l.x[row*l.size:][:len(up)], l.dx[row*l.size:][:len(up)], l.gammas()[:len(up)]
	for i, g := range up {
		down[i] = g*factor*gamma[i] + (in[i]-center)*pull + push
	}
}

// gammas are the weights of a short row, all ones if there are none.
func (l *rowNorm[T]) gammas() []T {
	if l.gamma == nil {
		return l.unit
	}
	return l.gamma.Value
}

// weightParts is into how many parts the rows are cut for the gradients of the
// weights, each summed by itself.
const weightParts = 16

// learn adds to the gradients of the weights of long rows: their places are shared
// out, and there are few of them.
func (l *rowNorm[T]) learn(p *nn.Pass[T]) {
	if !l.learning() {
		return
	}
	l.sums = grown(l.sums, 2*l.size)
	p.Pool.Run(l.cuts, l.columns)
	l.add(l.sums)
}

// column sums up dy, and dy·u, at some places of all rows.
func (l *rowNorm[T]) column(part int) {
	from, to := l.size*part/l.cuts, l.size*(part+1)/l.cuts
	sum, along := l.sums[from:to], l.sums[l.size+from:l.size+to]
	clear(sum)
	clear(along)
	for row := range len(l.dy) / l.size {
		center, inverse := l.shift*l.mean[row], l.inverse[row]
		in := l.x[row*l.size+from:][:len(sum)]
		for i, g := range l.dy[row*l.size+from:][:len(sum)] {
			sum[i] += float64(g)
			along[i] += float64(g) * (float64(in[i]) - center) * inverse
		}
	}
}

// add adds the sums to the gradients.
func (l *rowNorm[T]) add(sums []float64) {
	if learns(l.beta) {
		for i, v := range sums[:l.size] {
			l.beta.Grad[i] += T(v)
		}
	}
	if learns(l.gamma) {
		for i, v := range sums[l.size:] {
			l.gamma.Grad[i] += T(v)
		}
	}
}
