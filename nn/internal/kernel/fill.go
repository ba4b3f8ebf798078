package kernel

import "unsafe"

// filling is columns that become sums of blocks. The assembly knows the fields by
// their places.
type filling struct {
	columns *float64
	count   int
	width   int
	ends    *int
	blocks  int
	sums    *float64
}

// FillBlocks adds up rows of columns of some width, the last perhaps shorter, in the
// place of the first row, and adds the sums of the blocks of a row, which end at
// ends, to sums. The result has the same bits on every engine.
func FillBlocks(columns []float64, width int, ends []int, sums []float64) {
	if width < 1 || len(columns) < width || len(ends) == 0 || len(sums) < len(ends) {
		panic("kernel: columns, blocks and sums do not fit together")
	}
	last := 0
	for _, end := range ends {
		if end < last || end > width {
			panic("kernel: blocks do not follow one another in a row")
		}
		last = end
	}
	f := filling{unsafe.SliceData(columns), len(columns), width, unsafe.SliceData(ends), len(ends), unsafe.SliceData(sums)}
	fill(single.name, &f)
}

// fillLanes is how many sums of a block do not wait for each other.
const fillLanes = 8

func plainFill(f *filling) {
	columns := unsafe.Slice(f.columns, f.count)
	ends, sums := unsafe.Slice(f.ends, f.blocks), unsafe.Slice(f.sums, f.blocks)
	row := columns[:f.width]
	for rest := columns[f.width:]; len(rest) > 0; {
		more := rest[:min(f.width, len(rest))]
		rest = rest[len(more):]
		for i, v := range more {
			row[i] += v
		}
	}
	from := 0
	for b, end := range ends {
		var lanes [fillLanes]float64
		for i, v := range row[from:end] {
			lanes[i%fillLanes] += v
		}
		for half := fillLanes / 2; half > 0; half /= 2 {
			for i := range half {
				lanes[i] += lanes[i+half]
			}
		}
		sums[b] += lanes[0]
		from = end
	}
}
