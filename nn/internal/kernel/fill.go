package kernel

import (
	"slices"
	"unsafe"
)

// Filling says of which columns blocks are made.
type Filling struct {
	// index are the columns of every vector of blocks, one of each block at a time;
	// nowhere where a block has no more.
	index          []int32
	steps, vectors int
	nowhere        int
}

// fillLanes is the blocks of a vector.
const fillLanes = 16

// NewFilling is one of blocks of which each is made of some columns. nowhere is a
// column beside those, whose value is to be 0.
func NewFilling(blocks [][]int, nowhere int) *Filling {
	f := &Filling{vectors: (len(blocks) + fillLanes - 1) / fillLanes, nowhere: nowhere}
	for _, of := range blocks {
		if len(of) > 0 && (slices.Min(of) < 0 || slices.Max(of) > nowhere) {
			panic("kernel: a block of columns that there are not")
		}
		f.steps = max(f.steps, len(of))
	}
	f.index = make([]int32, f.steps*f.vectors*fillLanes)
	for i := range f.index {
		f.index[i] = int32(nowhere)
	}
	for b, of := range blocks {
		for step, at := range of {
			f.index[step*f.vectors*fillLanes+b] = int32(at)
		}
	}
	return f
}

// Size is how many means Fill gives: whole vectors of them.
func (f *Filling) Size() int { return f.vectors * fillLanes }

// filling is columns that become means of blocks. The assembly knows the fields by
// their places.
type filling struct {
	columns        *float32
	index          *int32
	steps, vectors int
	means, shares  *float32
	about          float32
}

// Fill makes the mean of every block: about, and so much of the sum of its columns as
// its share says. Columns are added up in the order in which they were named. The
// result has the same bits on every engine.
func (f *Filling) Fill(columns, shares []float32, about float32, means []float32) {
	if len(columns) <= f.nowhere || len(means) < f.Size() || len(shares) < f.Size() {
		panic("kernel: columns and blocks do not fit together")
	}
	if f.steps == 0 {
		return
	}
	fill(single.name, &filling{unsafe.SliceData(columns), unsafe.SliceData(f.index), f.steps, f.vectors, unsafe.SliceData(means), unsafe.SliceData(shares), about})
}

func plainFill(f *filling) {
	lanes := f.vectors * fillLanes
	means, shares := unsafe.Slice(f.means, lanes), unsafe.Slice(f.shares, lanes)
	index := unsafe.Slice(f.index, f.steps*lanes)
	clear(means)
	for ; len(index) > 0; index = index[lanes:] {
		for lane, at := range index[:len(means)] {
			means[lane] += *(*float32)(unsafe.Add(unsafe.Pointer(f.columns), 4*int(at)))
		}
	}
	for lane, share := range shares {
		means[lane] = f.about + float32(means[lane]*share) // rounded twice, as the assembly does
	}
}
