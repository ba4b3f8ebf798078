package layers

import "github.com/voxelpipe/pipe/nn"

// rowsAtATime is how many rows of so many columns make a stretch.
func rowsAtATime(columns int) int { return max(1, stretch/columns) }

// inRows cuts rows of so many columns into stretches of whole rows and works on
// them in any order. The cuts depend on the numbers alone.
func inRows(pool *nn.Pool, rows, columns int, work func(from, to int)) {
	pool.Run(rowStretches(rows, columns), func(i int) { work(rowStretch(i, rows, columns)) })
}

// rowStretches is into how many stretches rows are cut, rowStretch one of them.
func rowStretches(rows, columns int) int {
	size := rowsAtATime(columns)
	return (rows + size - 1) / size
}

func rowStretch(i, rows, columns int) (from, to int) {
	size := rowsAtATime(columns)
	return i * size, min((i+1)*size, rows)
}
