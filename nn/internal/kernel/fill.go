package kernel

import "unsafe"

// filling is columns that become sums of blocks. The assembly knows the fields by
// their places.
type filling struct {
	columns *float64
	stride  int
	width   int
	ends    *int
	blocks  int
	sums    *float64
	runs    int
	apart   int
}

// FillBlocks makes sums of blocks of the columns of every run of a survey; the runs
// begin stride apart. A run's rows of columns, each of some width and the last
// perhaps shorter, are added up in the place of the first one; then the sums of the
// blocks of that row, which end at ends, are added to sums, those of the next run so
// far apart. The result has the same bits on every engine.
func FillBlocks(columns []float64, stride, width int, ends []int, sums []float64, apart int) {
	if width < 1 || stride < width || len(columns)%stride != 0 || len(ends) == 0 || apart < len(ends) {
		panic("kernel: columns and blocks do not fit together")
	}
	runs := len(columns) / stride
	if runs == 0 {
		return
	}
	if len(sums) < (runs-1)*apart+len(ends) {
		panic("kernel: there are fewer sums than blocks")
	}
	last := 0
	for _, end := range ends {
		if end < last || end > width {
			panic("kernel: blocks do not follow one another in a row")
		}
		last = end
	}
	f := filling{unsafe.SliceData(columns), stride, width, unsafe.SliceData(ends), len(ends), unsafe.SliceData(sums), runs, apart}
	fill(single.name, &f)
}

// fillLanes is how many sums of a block do not wait for each other.
const fillLanes = 8

func plainFill(f *filling) {
	ends := unsafe.Slice(f.ends, f.blocks)
	columns, sums := unsafe.Slice(f.columns, f.runs*f.stride), unsafe.Slice(f.sums, (f.runs-1)*f.apart+f.blocks)
	for run := range f.runs {
		fillRun(columns[run*f.stride:][:f.stride], f.width, ends, sums[run*f.apart:])
	}
}

func fillRun(columns []float64, width int, ends []int, sums []float64) {
	row := columns[:width]
	for rest := columns[width:]; len(rest) > 0; {
		more := rest[:min(width, len(rest))]
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
