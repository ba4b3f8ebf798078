package layers

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Training is what every layer can be told about training.
type Training struct {
	// Whether training changes the layer's weights. With false they stay as they
	// are, and batch_norm uses its moving statistics and leaves them alone.
	Trainable bool `yaml:"trainable"`
}

// Frozen says that the weights must stay as they are.
func (t Training) Frozen() bool { return !t.Trainable }

// freeze makes the weights stay as they are.
func (t *Training) freeze() { t.Trainable = false }

// one is a list of one tensor that a layer keeps, so that handing it out takes
// no memory in a step.
type one[T tensor.Float] struct{ list [1]*tensor.Tensor[T] }

func (o *one[T]) of(t *tensor.Tensor[T]) []*tensor.Tensor[T] {
	o.list[0] = t
	return o.list[:]
}

// volume checks that an input is [D, H, W, C].
func volume(in shape.Shape) error {
	switch in.Rank() {
	case -1, 4:
		return nil
	case 3:
		return &shape.Mismatch{
			Fault: shape.MissingChannel, Input: in, Axis: -1,
			Problem:    "the layer takes a volume with a channel axis, [D, H, W, C]",
			Arithmetic: "an example has 3 axes, not 4",
			Remedy:     "give the volumes a channel axis in front of the model: reshape: {expand_dims: -1}",
		}
	}
	m := &shape.Mismatch{
		Fault: shape.WrongRank, Input: in, Axis: -1,
		Problem:    "the layer takes a volume, [D, H, W, C]",
		Arithmetic: fmt.Sprintf("an example has %s, not 4", axes(in.Rank())),
		Remedy:     "reshape its input to [D, H, W, C]",
	}
	if in.Rank() < 3 {
		m.Remedy = "move it above the layer that removes the spatial axes, or reshape its input to [D, H, W, C]"
	}
	return m
}

func axes(n int) string {
	if n == 1 {
		return "1 axis"
	}
	return fmt.Sprintf("%d axes", n)
}

// exampleAxis turns an axis counted as Keras does, the batch being axis 0 and
// negative numbers counting from the end, into an axis of one example.
func exampleAxis(axis, rank int) (int, bool) {
	if axis < 0 {
		axis += rank + 1
	}
	return axis - 1, axis >= 1 && axis <= rank
}

// wrongAxis refuses an axis that an example does not have.
func wrongAxis(axis int, in shape.Shape) error {
	m := &shape.Mismatch{
		Fault: shape.Setting, Settings: []string{"axis"}, Input: in, Axis: -1,
		Problem:    fmt.Sprintf("there is no axis %d", axis),
		Arithmetic: fmt.Sprintf("the axes of %s are 0 to %d, or -1 to %d from the end", in.Batch(), in.Rank(), -in.Rank()-1),
		Remedy:     "use axis: -1, the last one",
	}
	if axis == 0 || axis == -in.Rank()-1 {
		m.Problem = fmt.Sprintf("axis %d is the batch: examples may not be mixed", axis)
	}
	if in.Rank() == 0 {
		m.Remedy = "give the input an axis with reshape: {target_shape: [1]}"
	}
	return m
}
