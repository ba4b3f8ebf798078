package layers

import (
	"fmt"
	"strconv"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

// Repeat stands for its list of layers several times over, one behind the other,
// each time with weights of its own.
//
// The weights of the first time are named after it: `repeat__1__conv3d/kernel`,
// `repeat__1__conv3d/bias`, and so on.
type Repeat struct {
	// How many times.
	Times int `yaml:"times" validate:"required,min=1,max=1000"`
	// The layers.
	Layers   []nn.Item `yaml:"layers" validate:"required,min=1"`
	Training `yaml:",inline"`
}

// Expand gives one list of layers for each time, named 1, 2, 3, …
func (r *Repeat) Expand(in shape.Shape) ([]nn.Item, error) {
	if r.Times < 1 || r.Times > mostTimes {
		return nil, &shape.Mismatch{
			Fault: shape.Setting, Settings: []string{"times"}, Input: in, Axis: -1,
			Problem:    fmt.Sprintf("times is %d", r.Times),
			Arithmetic: fmt.Sprintf("%d is not in 1 to %d", r.Times, mostTimes),
			Remedy:     "repeat the layers once or more",
		}
	}
	items := make([]nn.Item, r.Times)
	for i := range items {
		items[i] = nn.Item{ID: strconv.Itoa(i + 1), Unit: sequence(r.Layers)}
	}
	return items, nil
}

// mostTimes keeps a slip of the finger from filling the memory with layers.
const mostTimes = 1000

// sequence is a list of layers as one item.
type sequence []nn.Item

// Frozen is false: the list adds nothing to what its layers say.
func (s sequence) Frozen() bool { return false }

// Expand gives the list.
func (s sequence) Expand(shape.Shape) ([]nn.Item, error) { return s, nil }
