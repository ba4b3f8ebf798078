package layers

import "github.com/voxelpipe/pipe/nn"

// Add gives the sum of its inputs, element by element. All must have the same
// shape.
type Add struct {
	merging  `yaml:"-"`
	Training `yaml:",inline"`
}

// Build makes the layer alive.
func (a *Add) Build(nn.Site[float32]) nn.Layer[float32] {
	return &combination[float32]{value: sum[float32]}
}

// Build64 makes the layer alive in double precision.
func (a *Add) Build64(nn.Site[float64]) nn.Layer[float64] {
	return &combination[float64]{value: sum[float64]}
}
