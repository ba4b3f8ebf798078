package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

// Add gives the sum of its inputs, element by element. All must have the same
// shape.
type Add struct {
	merging  `yaml:"-"`
	Training `yaml:",inline"`
}

// Space: the way back looks at neither, and gives what it gets.
func (a *Add) Space([]shape.Shape, shape.Shape, bool) nn.Space {
	return nn.Space{ForgetsInput: true, ForgetsOutput: true, Shares: true}
}

// Build makes the layer alive.
func (a *Add) Build(nn.Site[float32]) nn.Layer[float32] {
	return &combination[float32]{value: sum[float32]}
}

// Build64 makes the layer alive in double precision.
func (a *Add) Build64(nn.Site[float64]) nn.Layer[float64] {
	return &combination[float64]{value: sum[float64]}
}
