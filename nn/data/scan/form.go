package scan

import "github.com/voxelpipe/pipe/nn/internal/kernel"

// form is how the values of an example lie, and in which pieces they are looked at.
type form struct {
	depth, height, width, channels int
	// blocks is the number of blocks of the thumbnail along each axis; slices, rows
	// and columns give the block of each index, extents the voxels of each block.
	blocks                [3]int
	slices, rows, columns []int
	extents               [thumbSize]float64
	// repeated gives the block that each place of the thumbnail shows: axes with
	// fewer blocks than a thumbnail repeat them; nil if none does. shares is what one
	// value of each block is of its mean.
	repeated []int
	shares   [thumbSize]float32
	// Values are added up to columns of lines, in a block of slices: those of a row; of
	// all rows of a block in a slice, where these are short; or of parts of a block of a
	// row, where that is long and there are few. Each run of lines has columns of its own,
	// stride apart, and so many runs there are.
	stride, runs int
	filling      *kernel.Filling
	// pieces are those of a slice, and are taken in so many slices at once.
	pieces []piece
	times  int
}

// piece is lines of a slice that are looked at together, one channel after the other.
type piece struct {
	// from is the first voxel, voxels how many there are.
	from, voxels int
	// line is the voxels of a line, lines how many belong to each of some runs; the columns
	// of the first of them begin at column.
	line   int
	lines  []int
	column int
}

const (
	// longRow is the voxels of a row whose blocks can have columns of their own, which are
	// those of lines of partLine.
	longRow, partLine = 1024, 32
	// fewRows is how few of them have to belong to a block of slices: to add up the
	// columns of blocks takes about as long as to look at so many rows.
	fewRows = 64
	// shortLine is up to how many values are one line, if they are more rows than one.
	shortLine = 64
	// atOnce is the values that stay in a processor's nearest cache while they are gone
	// through again and again.
	atOnce = 1 << 12
)

func formOf(sizes []int) form {
	f := form{depth: 1, height: 1, width: 1, channels: 1}
	switch len(sizes) {
	case 3:
		f.depth, f.height, f.width = sizes[0], sizes[1], sizes[2]
	case 4:
		f.depth, f.height, f.width, f.channels = sizes[0], sizes[1], sizes[2], sizes[3]
	default:
		for _, size := range sizes {
			f.width *= size
		}
	}
	f.blocks = [3]int{min(f.depth, thumbSide), min(f.height, thumbSide), min(f.width, thumbSide)}
	f.slices, f.rows, f.columns = blocksOf(f.depth, f.blocks[0]), blocksOf(f.height, f.blocks[1]), blocksOf(f.width, f.blocks[2])
	for d := range f.blocks[0] {
		for h := range f.blocks[1] {
			for w := range f.blocks[2] {
				at := block(d, h, w)
				f.extents[at] = float64(extent(f.depth, f.blocks[0], d) * extent(f.height, f.blocks[1], h) * extent(f.width, f.blocks[2], w))
				f.shares[at] = float32(1 / (f.extents[at] * float64(f.channels)))
			}
		}
	}
	if whole := [3]int{thumbSide, thumbSide, thumbSide}; f.blocks != whole {
		for i := range thumbSize {
			f.repeated = append(f.repeated, block(i/(thumbSide*thumbSide)*f.blocks[0]/thumbSide, i/thumbSide%thumbSide*f.blocks[1]/thumbSide, i%thumbSide*f.blocks[2]/thumbSide))
		}
	}
	if f.width >= longRow && f.depth*f.height < fewRows*f.blocks[0] {
		f.cutRows()
	} else {
		f.cutSlice()
	}
	return f
}

// cutRows cuts the rows of a slice between their blocks, and those into lines.
func (f *form) cutRows() {
	f.times, f.stride, f.runs = 1, partLine, f.blocks[1]*f.blocks[2]
	for row, h := range f.rows {
		at := row * f.width
		for k := range f.blocks[2] {
			for end := row*f.width + (k+1)*f.width/f.blocks[2]; at < end; {
				p := piece{from: at, line: min(partLine, end-at), column: (h*f.blocks[2] + k) * f.stride}
				p.lines = []int{min(end-at, atOnce) / p.line}
				p.voxels = p.lines[0] * p.line
				at += p.voxels
				f.pieces = append(f.pieces, p)
			}
		}
	}
	f.filling = f.fillingOf(0)
}

// cutSlice cuts a slice between its lines, if it is too long; else several of them are
// taken at once.
func (f *form) cutSlice() {
	atOnce := max(atOnce/f.channels, atOnce/4)
	lines, line := make([]int, f.blocks[1]), f.width
	for k := range lines {
		lines[k] = extent(f.height, f.blocks[1], k)
	}
	if rows := lines[0]; rows*f.blocks[1] == f.height && rows*f.width <= shortLine {
		line = rows * f.width
		for k := range lines {
			lines[k] = 1
		}
	}
	f.times, f.stride, f.runs = 1, line, f.blocks[1]
	f.filling = f.fillingOf(line / f.width)
	if slice := f.height * f.width; slice <= atOnce {
		f.pieces, f.times = []piece{{voxels: slice, line: line, lines: lines}}, atOnce/slice
		return
	}
	from := 0
	for k, n := range lines {
		if line > atOnce {
			for range n {
				for column := 0; column < line; column += atOnce {
					part := min(atOnce, line-column)
					f.pieces = append(f.pieces, piece{from: from, voxels: part, line: part, lines: []int{1}, column: k*f.stride + column})
					from += part
				}
			}
			continue
		}
		for n > 0 {
			last := len(f.pieces) - 1
			if last < 0 || f.pieces[last].voxels+line > atOnce {
				f.pieces = append(f.pieces, piece{from: from, line: line, column: k * f.stride})
				last++
			}
			p := &f.pieces[last]
			took := min(n, (atOnce-p.voxels)/line)
			p.lines = append(p.lines, took)
			p.voxels += took * line
			from += took * line
			n -= took
		}
	}
}

// fillingOf says of which columns the blocks of a block of slices are made, where a run
// has the columns of so many rows; 0 where it has those of one block.
func (f *form) fillingOf(rows int) *kernel.Filling {
	blocks := make([][]int, thumbSide*thumbSide)
	for h := range f.blocks[1] {
		if rows == 0 {
			for k := range f.blocks[2] {
				for column := range f.stride {
					at := h*thumbSide + k
					blocks[at] = append(blocks[at], (h*f.blocks[2]+k)*f.stride+column)
				}
			}
		}
		for row := range rows {
			for w, k := range f.columns {
				at := h*thumbSide + k
				blocks[at] = append(blocks[at], h*f.stride+row*f.width+w)
			}
		}
	}
	return kernel.NewFilling(blocks, f.runs*f.stride)
}

// block is the place of a block in the thumbnail's sums.
func block(d, h, w int) int { return (d*thumbSide+h)*thumbSide + w }

// extent is the size of block k of so many along an axis.
func extent(size, blocks, k int) int { return (k+1)*size/blocks - k*size/blocks }

// blocksOf gives the block of each index along an axis.
func blocksOf(size, blocks int) []int {
	of := make([]int, size)
	for k := range blocks {
		for i := k * size / blocks; i < (k+1)*size/blocks; i++ {
			of[i] = k
		}
	}
	return of
}

// voxels is the number of voxels of an example.
func (f *form) voxels() int { return f.depth * f.height * f.width }

// framed says whether all corners of a volume have the same value.
func (f *form) framed(values []float32, channel int) bool {
	for corner := range 8 {
		d, h, w := (corner>>2&1)*(f.depth-1), (corner>>1&1)*(f.height-1), (corner&1)*(f.width-1)
		if values[((d*f.height+h)*f.width+w)*f.channels+channel] != values[channel] {
			return false
		}
	}
	return true
}

// thumbnail shows the means of blocks, which may lie in it.
func (f *form) thumbnail(means, thumb []float32) {
	for i, at := range f.repeated {
		thumb[i] = means[at]
	}
}
