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
}

// rowPiece is a piece of a row: elements [from, to) of the batch, the first of
// which is at number place of its row.
type rowPiece struct{ number, row, place, from, to int }

func newRowNorm[T tensor.Float](size int, epsilon float64, gamma, beta *nn.Param[T]) *rowNorm[T] {
	l := &rowNorm[T]{size: size, cuts: (size + stretch - 1) / stretch, epsilon: epsilon, shift: 1, gamma: gamma, beta: beta}
	l.measures, l.scales, l.sees, l.slopes = l.measure, l.scale, l.see, l.slope
	l.chunks, l.columns = l.chunk, l.column
	return l
}

// pieces does work on every piece of every row, several at the same time.
func (l *rowNorm[T]) pieces(pool *nn.Pool, work func(piece rowPiece)) {
	rows := len(l.x) / l.size
	l.work = work
	if l.cuts == 1 {
		pool.Run(rowStretches(rows, l.size), l.chunks)
	} else {
		pool.Run(rows*l.cuts, l.chunks)
	}
}

// chunk is a stretch of short rows, or a piece of a long one.
func (l *rowNorm[T]) chunk(i int) {
	if l.cuts == 1 {
		from, to := rowStretch(i, len(l.x)/l.size, l.size)
		for row := from; row < to; row++ {
			l.work(rowPiece{row, row, 0, row * l.size, (row + 1) * l.size})
		}
		return
	}
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
	l.pieces(p.Pool, l.measures)
	n := float64(l.size)
	for row := range rows {
		first, second := l.joined(row)
		l.mean[row] = float64(x[row*l.size]) + first/n
		l.inverse[row] = 1 / math.Sqrt(max(0, second-first*first/n)/n+l.epsilon)
	}
	l.pieces(p.Pool, l.scales)
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

// spread sums the distances from a value, and their squares. Four sums at a time
// keep the additions from waiting for one another.
func spread[T tensor.Float](x []T, from T) (first, second float64) {
	var a, b [4]float64
	i := 0
	for ; i+4 <= len(x); i += 4 {
		for k, v := range x[i : i+4 : i+4] {
			d := float64(v) - float64(from)
			a[k] += d
			b[k] += d * d
		}
	}
	for _, v := range x[i:] {
		d := float64(v) - float64(from)
		a[0] += d
		b[0] += d * d
	}
	return a[0] + a[1] + a[2] + a[3], b[0] + b[1] + b[2] + b[3]
}

// backward: with u = (x - mean)·inverse, or x·inverse where the mean is not taken
// off, and ĝ = γ·dy over a row of m values,
//
//	dγ = Σ dy·u, dβ = Σ dy, dx = inverse·(ĝ - shift·Σ ĝ/m - (x - mean)·inverse·Σ ĝ·u/m).
func (l *rowNorm[T]) backward(p *nn.Pass[T], dy, dx []T) {
	l.dy, l.dx = dy, dx
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
	in, up, center := l.x[piece.from:piece.to], l.dy[piece.from:piece.to], l.shift*l.mean[piece.row]
	var sum, along float64
	if l.gamma == nil {
		for i, g := range up {
			sum += float64(g)
			along += float64(g) * (float64(in[i]) - center)
		}
	} else {
		gamma := l.gamma.Value[piece.place:][:len(up)]
		for i, g := range up {
			g := float64(g) * float64(gamma[i])
			sum += g
			along += g * (float64(in[i]) - center)
		}
	}
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

// weightParts is into how many parts the rows are cut for the gradients of the
// weights, each summed by itself.
const weightParts = 16

// learn adds to the gradients of the weights.
func (l *rowNorm[T]) learn(p *nn.Pass[T]) {
	if !learns(l.gamma) && !learns(l.beta) {
		return
	}
	if l.cuts > 1 { // long rows: their places are shared out, and there are few
		l.sums = grown(l.sums, 2*l.size)
		p.Pool.Run(l.cuts, l.columns)
		l.add(l.sums)
		return
	}
	parts := l.weightParts()
	l.sums = grown(l.sums, parts*2*l.size)
	p.Pool.Run(parts, l.columns)
	total := l.sums[:2*l.size]
	for part := 1; part < parts; part++ {
		for i, v := range l.sums[part*2*l.size:][:2*l.size] {
			total[i] += v
		}
	}
	l.add(total)
}

// weightParts is into how many parts short rows are cut.
func (l *rowNorm[T]) weightParts() int { return min(weightParts, len(l.dy)/l.size) }

// column sums up a part of the rows, or some places of long ones.
func (l *rowNorm[T]) column(part int) {
	rows := len(l.dy) / l.size
	if l.cuts > 1 {
		from, to := l.size*part/l.cuts, l.size*(part+1)/l.cuts
		l.weigh(0, rows, from, l.sums[from:to], l.sums[l.size+from:l.size+to])
		return
	}
	parts, sums := l.weightParts(), l.sums[part*2*l.size:][:2*l.size]
	l.weigh(rows*part/parts, rows*(part+1)/parts, 0, sums[:l.size], sums[l.size:])
}

// weigh sums dy, and dy·u, over rows [from, to) at the places from one on.
func (l *rowNorm[T]) weigh(from, to, place int, sum, along []float64) {
	clear(sum)
	clear(along)
	for row := from; row < to; row++ {
		center, inverse := l.shift*l.mean[row], l.inverse[row]
		in := l.x[row*l.size+place:][:len(sum)]
		for i, g := range l.dy[row*l.size+place:][:len(sum)] {
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
