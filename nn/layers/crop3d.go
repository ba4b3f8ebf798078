package layers

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

// Crop3D cuts voxels off the ends of a volume, for instance to bring a branch to
// the size of another one before they are joined.
//
// It takes [N, D, H, W, C] and gives [N, D', H', W', C], each size shorter by what
// is cut off both its ends.
type Crop3D struct {
	// How many voxels are cut off: a number for all ends, three for depth, height
	// and width, or three pairs for the beginning and the end of each.
	Cropping [3][2]int `yaml:"cropping" validate:"dive,dive,min=0"`
	Training `yaml:",inline"`
}

// Output is [D', H', W', C].
func (c *Crop3D) Output(in []shape.Shape) (shape.Shape, error) {
	if err := volume(in[0]); err != nil || in[0] == nil {
		return nil, err
	}
	out := append(shape.Shape{}, in[0]...)
	for axis, ends := range c.Cropping {
		if err := bounded(in[0], axis, "cropping", ends); err != nil {
			return nil, err
		}
		out[axis] = in[0][axis].Plus(-ends[0] - ends[1])
		if left, known := out[axis].Known(); known && left < 1 {
			return nil, c.nothingLeft(axis, left, in[0])
		}
	}
	return out, nil
}

func (c *Crop3D) nothingLeft(axis, left int, in shape.Shape) error {
	name, ends := shape.AxisName(4, axis), c.Cropping[axis]
	return &shape.Mismatch{
		Fault: shape.TooSmall, Settings: []string{"cropping"}, Input: in, Axis: axis,
		Problem:    fmt.Sprintf("%d voxels are cut off, but the %s here is %s", ends[0]+ends[1], name, in[axis]),
		Arithmetic: fmt.Sprintf("%s - %d - %d = %d; the smallest %s that leaves a voxel is %d", in[axis], ends[0], ends[1], left, name, ends[0]+ends[1]+1),
		Remedy:     fmt.Sprintf("cut fewer voxels off the %s", name),
	}
}

// Weights are none.
func (c *Crop3D) Weights([]shape.Shape) []nn.Weight { return nil }

// Space: the way back looks at neither.
func (c *Crop3D) Space([]shape.Shape, shape.Shape, bool) nn.Space {
	return nn.Space{ForgetsInput: true, ForgetsOutput: true}
}

// Build makes the layer alive.
func (c *Crop3D) Build(site nn.Site[float32]) nn.Layer[float32] {
	return newPlacement(site, beginnings(c.Cropping, -1))
}

// Build64 makes the layer alive in double precision.
func (c *Crop3D) Build64(site nn.Site[float64]) nn.Layer[float64] {
	return newPlacement(site, beginnings(c.Cropping, -1))
}
