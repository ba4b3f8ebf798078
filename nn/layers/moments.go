package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// rowsAtATime is how many rows of so many columns make a stretch.
func rowsAtATime(columns int) int { return max(1, stretch/columns) }

// inRows cuts rows of so many columns into stretches of whole rows and works on
// them in any order. The cuts depend on the numbers alone.
func inRows(pool *nn.Pool, rows, columns int, work func(from, to int)) {
	size := rowsAtATime(columns)
	pool.Run((rows+size-1)/size, func(i int) { work(i*size, min((i+1)*size, rows)) })
}

// moments sums the columns of a matrix in double precision. Each stretch of rows
// is summed by itself, then the stretches in their order, so that any number of
// threads gives the same bits.
type moments[T tensor.Float] struct {
	// first and second are two sums for each stretch and column.
	first, second []float64
	// Results, one for each column.
	mean, spread []float64
}

func (m *moments[T]) prepare(stretches, columns int) {
	m.first, m.second = grown(m.first, stretches*columns), grown(m.second, stretches*columns)
	m.mean, m.spread = grown(m.mean, columns), grown(m.spread, columns)
	clear(m.first)
	clear(m.second)
	clear(m.mean)
	clear(m.spread)
}

// of gives the mean and the biased variance of each column; they stay valid until
// the next call. Each stretch measures from its own first row, which keeps the
// sums of squares from cancelling where the mean is far from 0, and the stretches
// are joined by the formula of Chan, Golub and LeVeque (1979).
func (m *moments[T]) of(pool *nn.Pool, x []T, columns int) (mean, variance []float64) {
	rows, size := len(x)/columns, rowsAtATime(columns)
	m.prepare((rows+size-1)/size, columns)
	inRows(pool, rows, columns, func(from, to int) {
		at := from / size * columns
		first, second := m.first[at:at+columns], m.second[at:at+columns]
		start := x[from*columns : (from+1)*columns]
		for row := from * columns; row < to*columns; row += columns {
			for c, v := range x[row : row+columns] {
				d := float64(v) - float64(start[c])
				first[c] += d
				second[c] += d * d
			}
		}
	})
	done := 0.0
	for from := 0; from < rows; from += size {
		n := float64(min(size, rows-from))
		at := from / size * columns
		for c := range columns {
			away := m.first[at+c] / n
			squares := m.second[at+c] - m.first[at+c]*away
			gap := float64(x[from*columns+c]) + away - m.mean[c]
			m.mean[c] += gap * n / (done + n)
			m.spread[c] += squares + gap*gap*done*n/(done+n)
		}
		done += n
	}
	for c := range columns {
		m.spread[c] = max(0, m.spread[c]/done)
	}
	return m.mean, m.spread
}

// against gives for each column Σ dy and Σ dy·(x - mean); they stay valid until
// the next call.
func (m *moments[T]) against(pool *nn.Pool, x, dy []T, mean []float64, columns int) (sum, along []float64) {
	rows, size := len(x)/columns, rowsAtATime(columns)
	m.prepare((rows+size-1)/size, columns)
	inRows(pool, rows, columns, func(from, to int) {
		at := from / size * columns
		first, second := m.first[at:at+columns], m.second[at:at+columns]
		for row := from * columns; row < to*columns; row += columns {
			in, up := x[row:row+columns], dy[row:row+columns]
			for c, g := range up {
				first[c] += float64(g)
				second[c] += float64(g) * (float64(in[c]) - mean[c])
			}
		}
	})
	for at := 0; at < len(m.first); at += columns {
		for c := range columns {
			m.mean[c] += m.first[at+c]
			m.spread[c] += m.second[at+c]
		}
	}
	return m.mean, m.spread
}
