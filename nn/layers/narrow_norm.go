package layers

import (
	"math"

	"github.com/voxelpipe/pipe/nn/tensor"
)

// narrowRow is the values of rows, such as a voxel's channels, that are so short that
// what is done once for each of them takes longer than what is done for each value.
// Here all of it stands together, and no weights are weights that change nothing.
const narrowRow = 32

// narrow readies such rows.
func (l *rowNorm[T]) narrow() {
	l.unit, l.none = make([]T, l.size), make([]T, l.size)
	fill(l.unit, 1)
	l.forth = l.narrowForth
}

// narrowForth normalises a stretch of rows.
func (l *rowNorm[T]) narrowForth(chunk int) {
	from, to := rowStretch(chunk, len(l.x)/l.size, l.size)
	size, share, epsilon, shift := l.size, 1/float64(l.size), l.epsilon, l.shift
	gamma, beta := l.gammas(), l.none
	if l.beta != nil {
		beta = l.beta.Value
	}
	mean, inverse := l.mean[from:to], l.inverse[from:to]
	in, out := l.x[from*size:to*size], l.y[from*size:to*size]
	for row := range mean {
		x, y := in[:size], out[:size]
		in, out = in[size:], out[size:]
		// Measured from the row's first value, the squares do not cancel where the mean
		// is far from 0.
		first := x[0]
		sum, squares := distances(x, first)
		middle := float64(first) + sum*share
		narrowness := 1 / math.Sqrt(max(0, squares-sum*sum*share)*share+epsilon)
		mean[row], inverse[row] = middle, narrowness
		center, factor := T(shift*middle), T(narrowness)
		y, gamma, beta := y[:len(x)], gamma[:len(x)], beta[:len(x)]
		for i, v := range x {
			y[i] = (v-center)*factor*gamma[i] + beta[i]
		}
	}
}

// distances are the sums of the distances of few values from one, and of their squares.
func distances[T tensor.Float](x []T, from T) (first, second float64) {
	var a0, a1, b0, b1 T
	for ; len(x) >= 2; x = x[2:] {
		d0, d1 := x[0]-from, x[1]-from
		a0, a1, b0, b1 = a0+d0, a1+d1, b0+d0*d0, b1+d1*d1
	}
	if len(x) > 0 {
		d := x[0] - from
		a0, b0 = a0+d, b0+d*d
	}
	return float64(a0 + a1), float64(b0 + b1)
}

// narrowBack adds dy, and dy·u, of some rows to sums by place, and sets their slopes if
// they are wanted. What is added to a place is summed in the arrays' own precision.
func (l *rowNorm[T]) narrowBack(from, to int, sums, alongs []T) {
	size, share, shift := l.size, 1/float64(l.size), l.shift
	gamma := l.gammas()
	mean, inverses := l.mean[from:to], l.inverse[from:to]
	in, up := l.x[from*size:to*size], l.dy[from*size:to*size]
	down := l.dx
	if down != nil {
		down = down[from*size : to*size]
	}
	for row, middle := range mean {
		x, dy := in[:size], up[:size]
		in, up = in[size:], up[size:]
		inverse := inverses[row]
		center, factor := T(shift*middle), T(inverse)
		var sum, along T
		{
			dy, gamma, sums, alongs := dy[:len(x)], gamma[:len(x)], sums[:len(x)], alongs[:len(x)]
			for i, v := range x {
				g, u := dy[i], (v-center)*factor
				sums[i] += g
				alongs[i] += g * u
				sum += g * gamma[i]
				along += g * gamma[i] * u
			}
		}
		if down == nil {
			continue
		}
		dx := down[:size]
		down = down[size:]
		pull, push := T(-inverse*inverse*float64(along)*share), T(-shift*inverse*float64(sum)*share)
		middle := T(middle)
		dx, dy, weights := dx[:len(x)], dy[:len(x)], gamma[:len(x)]
		for i, v := range x {
			dx[i] = dy[i]*factor*weights[i] + (v-middle)*pull + push
		}
	}
}
