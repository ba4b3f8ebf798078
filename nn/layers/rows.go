package layers

// rowsAtATime is how many rows of so many columns make a stretch.
func rowsAtATime(columns int) int { return max(1, stretch/columns) }

// rowStretches is into how many stretches of whole rows so many are cut, rowStretch
// one of them. The cuts depend on the numbers alone.
func rowStretches(rows, columns int) int {
	size := rowsAtATime(columns)
	return (rows + size - 1) / size
}

func rowStretch(i, rows, columns int) (from, to int) {
	size := rowsAtATime(columns)
	return i * size, min((i+1)*size, rows)
}
