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
	// fewer blocks than a thumbnail repeat them. shares is what one value of the block
	// is of its mean.
	repeated [thumbSize]int
	shares   [thumbSize]float64
	// Rows of many voxels are looked at in runs that end with the blocks; otherwise a
	// run is all rows of a block in a slice, and its sums are kept by column. lengths
	// are those of the runs.
	long    bool
	lengths []int
	// fold is the number of columns that a run's sums are kept in, a whole number of
	// rows, stride the distance between those of two runs. ends is where the blocks of
	// a row end.
	fold, stride int
	ends         []int
	pieces       []piece
}

// piece is runs that are looked at together, one channel after the other.
type piece struct {
	// from is the first voxel, voxels how many there are.
	from, voxels int
	// first is the first of so many runs, which come so many times.
	first, runs, times int
	// slice and row are the blocks that the sums belong to (all rows, unless rows are
	// long); last says that they are complete.
	slice, row int
	last       bool
}

const (
	// longRow is the voxels of a row whose blocks are runs of their own.
	longRow = 1024
	// leastFold keeps a column from being added to again before it is written.
	leastFold = 32
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
				f.extents[block(d, h, w)] = float64(extent(f.depth, f.blocks[0], d) * extent(f.height, f.blocks[1], h) * extent(f.width, f.blocks[2], w))
			}
		}
	}
	for i := range f.repeated {
		f.repeated[i] = block(i/(thumbSide*thumbSide)*f.blocks[0]/thumbSide, i/thumbSide%thumbSide*f.blocks[1]/thumbSide, i%thumbSide*f.blocks[2]/thumbSide)
		f.shares[i] = 1 / (f.extents[f.repeated[i]] * float64(f.channels))
	}
	for k := range f.blocks[2] {
		f.ends = append(f.ends, (k+1)*f.width/f.blocks[2])
	}
	if f.long = f.width >= longRow; f.long {
		f.fold = leastFold
		for k := range f.blocks[2] {
			f.lengths = append(f.lengths, extent(f.width, f.blocks[2], k))
		}
	} else {
		f.fold = (leastFold + f.width - 1) / f.width * f.width
		for k := range f.blocks[1] {
			f.lengths = append(f.lengths, extent(f.height, f.blocks[1], k)*f.width)
		}
	}
	// Whole lines of a cache are added to faster than parts of two.
	const line = 64 / 8
	f.stride = (f.fold + kernel.Filled - 1 + line - 1) / line * line
	f.pieces = f.cut()
	return f
}

// cut gives the pieces of an example.
func (f *form) cut() []piece {
	atOnce := max(atOnce, 2*atOnce/f.channels)
	var pieces []piece
	// A line is what all runs go through once: a row, or a slice.
	line, lines := f.height*f.width, f.depth
	blocks := func(i int) (slice, row int) { return f.slices[i], 0 }
	if f.long {
		line, lines = f.width, f.depth*f.height
		blocks = func(i int) (slice, row int) { return f.slices[i/f.height], f.rows[i%f.height] }
	}
	for i := 0; i < lines; {
		p := piece{from: i * line, runs: len(f.lengths), times: 1}
		p.slice, p.row = blocks(i)
		more := func() bool {
			if i+p.times == lines {
				return false
			}
			slice, row := blocks(i + p.times)
			return slice == p.slice && row == p.row
		}
		for more() && (p.times+1)*line <= atOnce {
			p.times++
		}
		p.last = !more()
		p.voxels = p.times * line
		i += p.times
		pieces = append(pieces, f.parted(p, atOnce)...)
	}
	return pieces
}

// parted cuts a piece of one line that is too long between its runs.
func (f *form) parted(p piece, atOnce int) []piece {
	if p.voxels <= atOnce || p.times > 1 {
		return []piece{p}
	}
	var parts []piece
	for k, n := range f.lengths {
		if last := len(parts) - 1; last >= 0 && parts[last].voxels+n <= atOnce {
			parts[last].voxels += n
			parts[last].runs++
			continue
		}
		part := piece{from: p.from, voxels: n, first: k, runs: 1, times: 1, slice: p.slice, row: p.row}
		if last := len(parts) - 1; last >= 0 {
			part.from = parts[last].from + parts[last].voxels
		}
		parts = append(parts, part)
	}
	parts[len(parts)-1].last = p.last
	return parts
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

// thumbnail divides the sums of blocks by their sizes.
func (f *form) thumbnail(sums []float64) []float32 {
	thumb := make([]float32, thumbSize)
	if whole := [3]int{thumbSide, thumbSide, thumbSide}; f.blocks == whole {
		for i, sum := range sums[:thumbSize] {
			thumb[i] = float32(sum * f.shares[i])
		}
		return thumb
	}
	for i, at := range f.repeated {
		thumb[i] = float32(sums[at] * f.shares[i])
	}
	return thumb
}
