package pipeline

import (
	"slices"

	"github.com/voxelpipe/pipe/nn/shape"
)

// ChannelAxis is the name of the axis that holds several values of one voxel.
const ChannelAxis = "channel"

// Grid is the axes along which the voxels of an example lie: all but the
// channel. A mask has these axes, in this order. It is nil if not even their
// number is known.
func (d *Dataset) Grid() []Axis {
	if d.Axes == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(d.Axes), func(a Axis) bool { return a.Name == ChannelAxis })
}

// MaskShape is the shape of one example's mask: the sizes of the grid, with one
// more axis for the classes if the labels are rows. It is nil if unknown.
func (d *Dataset) MaskShape() shape.Shape {
	grid := d.Grid()
	if grid == nil {
		return nil
	}
	sizes := make(shape.Shape, len(grid), len(grid)+1)
	for i, a := range grid {
		sizes[i] = a.Size
	}
	switch l := d.Labels; {
	case l.Rows && l.ClassesKnown:
		sizes = append(sizes, shape.Of(l.Classes))
	case l.Rows:
		sizes = append(sizes, shape.Symbol("classes"))
	}
	return sizes
}

// MaskCounts is how many voxels of each example have each value.
type MaskCounts struct {
	// Values are all that occur, in order; of encoded masks all classes.
	Values []int64
	// Of[i][k] is how many voxels of example i have Values[k].
	Of [][]int
}

// Total is how many voxels of the given examples have each value.
func (m *MaskCounts) Total(examples []int) []int {
	total := make([]int, len(m.Values))
	for _, i := range examples {
		for k, n := range m.Of[i] {
			total[k] += n
		}
	}
	return total
}

// All is how many voxels of all examples have each value.
func (m *MaskCounts) All() []int {
	total := make([]int, len(m.Values))
	for _, of := range m.Of {
		for k, n := range of {
			total[k] += n
		}
	}
	return total
}
