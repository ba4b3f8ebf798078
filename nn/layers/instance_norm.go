package layers

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

// InstanceNorm brings every channel of each example to mean 0 and variance 1,
// then scales and shifts it by learnt numbers. It is group_norm with one channel
// in each group, and what U-Nets for medical volumes use most (Ulyanov et al.,
// 2016). A channel of a single voxel becomes beta, whatever its value.
//
// It takes [N, …, C] and gives the same shape. Its weights are gamma [C] and
// beta [C]. Keras has it as GroupNormalization with groups=-1; PyTorch's
// InstanceNorm3d adds 1e-5 to the variance and learns no numbers unless asked to.
type InstanceNorm struct {
	// The axis of the channels, counted with the batch as axis 0; negative numbers
	// count from the end, so -1 is the last one.
	Axis        int `yaml:"axis"`
	Normalizing `yaml:",inline"`
}

// group is the layer as a normalisation of groups.
func (n *InstanceNorm) group() *GroupNorm {
	return &GroupNorm{Groups: -1, Axis: n.Axis, Normalizing: n.Normalizing}
}

// Output is the input's shape.
func (n *InstanceNorm) Output(in []shape.Shape) (shape.Shape, error) { return n.group().Output(in) }

// Weights are gamma and beta, [C] each.
func (n *InstanceNorm) Weights(in []shape.Shape) []nn.Weight { return n.group().Weights(in) }

// Space: the way back looks at the input.
func (n *InstanceNorm) Space(in []shape.Shape, out shape.Shape, training bool) nn.Space {
	return n.group().Space(in, out, training)
}

// Build makes the layer alive.
func (n *InstanceNorm) Build(site nn.Site[float32]) nn.Layer[float32] { return n.group().Build(site) }

// Build64 makes the layer alive in double precision.
func (n *InstanceNorm) Build64(site nn.Site[float64]) nn.Layer[float64] {
	return n.group().Build64(site)
}
