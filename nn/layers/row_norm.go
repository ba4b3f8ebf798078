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
}

// pieces calls work for every piece of every row, several at the same time:
// elements [from, to) of the batch, the first of which is at number place of its
// row.
func (l *rowNorm[T]) pieces(pool *nn.Pool, work func(piece, row, place, from, to int)) {
	rows := len(l.x) / l.size
	if l.cuts == 1 {
		inRows(pool, rows, l.size, func(from, to int) {
			for row := from; row < to; row++ {
				work(row, row, 0, row*l.size, (row+1)*l.size)
			}
		})
		return
	}
	pool.Run(rows*l.cuts, func(piece int) {
		row, cut := piece/l.cuts, piece%l.cuts
		from, to := l.size*cut/l.cuts, l.size*(cut+1)/l.cuts
		work(piece, row, from, row*l.size+from, row*l.size+to)
	})
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
	l.x = x
	rows := l.prepare()
	l.mean, l.inverse = grown(l.mean, rows), grown(l.inverse, rows)
	l.pieces(p.Pool, func(piece, row, _, from, to int) {
		// Measured from the row's first value, the squares do not cancel where the mean
		// is far from 0.
		l.first[piece], l.second[piece] = spread(x[from:to], x[row*l.size])
	})
	n := float64(l.size)
	for row := range rows {
		first, second := l.joined(row)
		l.mean[row] = float64(x[row*l.size]) + first/n
		l.inverse[row] = 1 / math.Sqrt(max(0, second-first*first/n)/n+l.epsilon)
	}
	l.pieces(p.Pool, func(_, row, place, from, to int) {
		center, factor := T(l.shift*l.mean[row]), T(l.inverse[row])
		in, out := x[from:to], y[from:to]
		switch {
		case l.gamma != nil && l.beta != nil:
			gamma, beta := l.gamma.Value[place:][:len(in)], l.beta.Value[place:][:len(in)]
			for i, v := range in {
				out[i] = (v-center)*factor*gamma[i] + beta[i]
			}
		case l.gamma != nil:
			gamma := l.gamma.Value[place:][:len(in)]
			for i, v := range in {
				out[i] = (v - center) * factor * gamma[i]
			}
		case l.beta != nil:
			beta := l.beta.Value[place:][:len(in)]
			for i, v := range in {
				out[i] = (v-center)*factor + beta[i]
			}
		default:
			for i, v := range in {
				out[i] = (v - center) * factor
			}
		}
	})
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
	l.learn(p, dy)
	if dx == nil {
		return
	}
	l.prepare()
	l.pieces(p.Pool, func(piece, row, place, from, to int) {
		in, up, center := l.x[from:to], dy[from:to], l.shift*l.mean[row]
		var sum, along float64
		if l.gamma == nil {
			for i, g := range up {
				sum += float64(g)
				along += float64(g) * (float64(in[i]) - center)
			}
		} else {
			gamma := l.gamma.Value[place:][:len(up)]
			for i, g := range up {
				g := float64(g) * float64(gamma[i])
				sum += g
				along += g * (float64(in[i]) - center)
			}
		}
		l.first[piece], l.second[piece] = sum, along
	})
	m := float64(l.size)
	l.pieces(p.Pool, func(_, row, place, from, to int) {
		sum, along := l.joined(row)
		inverse := l.inverse[row]
		factor, center := T(inverse), T(l.mean[row])
		pull, push := T(-inverse*inverse*inverse*along/m), T(-l.shift*inverse*sum/m)
		in, up, down := l.x[from:to], dy[from:to], dx[from:to]
		if l.gamma == nil {
			for i, g := range up {
				down[i] = g*factor + (in[i]-center)*pull + push
			}
			return
		}
		gamma := l.gamma.Value[place:][:len(up)]
		for i, g := range up {
			down[i] = g*factor*gamma[i] + (in[i]-center)*pull + push
		}
	})
}

// weightParts is into how many parts the rows are cut for the gradients of the
// weights, each summed by itself.
const weightParts = 16

// learn adds to the gradients of the weights.
func (l *rowNorm[T]) learn(p *nn.Pass[T], dy []T) {
	if !learns(l.gamma) && !learns(l.beta) {
		return
	}
	rows := len(dy) / l.size
	if l.cuts > 1 { // long rows: their places are shared out, and there are few
		l.sums = grown(l.sums, 2*l.size)
		p.Pool.Run(l.cuts, func(cut int) {
			from, to := l.size*cut/l.cuts, l.size*(cut+1)/l.cuts
			l.weigh(dy, 0, rows, from, l.sums[from:to], l.sums[l.size+from:l.size+to])
		})
		l.add(l.sums)
		return
	}
	parts := min(weightParts, rows)
	l.sums = grown(l.sums, parts*2*l.size)
	p.Pool.Run(parts, func(part int) {
		sums := l.sums[part*2*l.size:][:2*l.size]
		l.weigh(dy, rows*part/parts, rows*(part+1)/parts, 0, sums[:l.size], sums[l.size:])
	})
	total := l.sums[:2*l.size]
	for part := 1; part < parts; part++ {
		for i, v := range l.sums[part*2*l.size:][:2*l.size] {
			total[i] += v
		}
	}
	l.add(total)
}

// weigh sums dy, and dy·u, over rows [from, to) at the places from one on.
func (l *rowNorm[T]) weigh(dy []T, from, to, place int, sum, along []float64) {
	clear(sum)
	clear(along)
	for row := from; row < to; row++ {
		center, inverse := l.shift*l.mean[row], l.inverse[row]
		in := l.x[row*l.size+place:][:len(sum)]
		for i, g := range dy[row*l.size+place:][:len(sum)] {
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
