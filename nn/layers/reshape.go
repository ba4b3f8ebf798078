package layers

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
)

// Reshape gives each example another shape with the same elements in the same
// order. It moves no axis.
//
// It takes [N, …] and gives [N, target_shape].
type Reshape struct {
	// The shape of one example, without the batch. One size may be -1: it becomes
	// what the number of elements leaves for it.
	TargetShape []int `yaml:"target_shape" validate:"required,dive,min=-1"`
	Training    `yaml:",inline"`
}

// Output is the target shape, its -1 worked out.
func (r *Reshape) Output(in []shape.Shape) (shape.Shape, error) {
	out, open := shape.New(r.TargetShape...), -1
	rest := shape.Of(1)
	for axis, size := range r.TargetShape {
		switch {
		case size == -1 && open >= 0:
			return nil, r.refuse(in[0], "only one size may be -1", fmt.Sprintf("target_shape has it at axis %d and %d", open+1, axis+1), "write one of them as a number")
		case size == -1:
			open = axis
		case size < 1:
			return nil, r.refuse(in[0], fmt.Sprintf("target_shape has the size %d", size), fmt.Sprintf("%d < 1", size), "make every size at least 1, or one of them -1")
		default:
			rest = rest.Times(size)
		}
	}
	if in[0] == nil {
		if open >= 0 {
			return nil, nil
		}
		return out, nil
	}
	elements := in[0].Elements()
	if open >= 0 {
		size, exact := elements.Div(rest)
		if _, known := elements.Known(); known && (!exact || size.Is(0)) {
			return nil, r.miscounted(in[0], fmt.Sprintf("%s, and %s / %s is not whole", product(in[0]), elements, rest))
		}
		if !exact {
			divisor, _ := rest.Known()
			size = elements.FloorDiv(divisor)
		}
		out[open] = size
		return out, nil
	}
	if elements.Differs(rest) {
		return nil, r.miscounted(in[0], fmt.Sprintf("%s, but %s", product(in[0]), product(out)))
	}
	return out, nil
}

func (r *Reshape) refuse(in shape.Shape, problem, arithmetic, remedy string) error {
	return &shape.Mismatch{
		Fault: shape.Setting, Settings: []string{"target_shape"}, Input: in, Axis: -1,
		Problem: problem, Arithmetic: arithmetic, Remedy: remedy,
	}
}

func (r *Reshape) miscounted(in shape.Shape, arithmetic string) error {
	m := &shape.Mismatch{
		Fault: shape.ElementCount, Settings: []string{"target_shape"}, Input: in, Axis: -1,
		Problem: "the target shape has another number of elements than the input", Arithmetic: arithmetic,
		Remedy: fmt.Sprintf("choose sizes whose product is %s", in.Elements()),
	}
	if in.Rank() > 1 {
		m.Remedy += ", for example " + in.String()
	}
	return m
}

// product shows how the number of elements comes about: "4 × 4 × 2 = 32".
func product(s shape.Shape) string {
	text := "1"
	for i, d := range s {
		if i == 0 {
			text = d.String()
		} else {
			text += " × " + d.String()
		}
	}
	if len(s) > 1 {
		text += " = " + s.Elements().String()
	}
	return text
}

// Weights are none.
func (r *Reshape) Weights([]shape.Shape) []nn.Weight { return nil }

// Space: nothing is copied.
func (r *Reshape) Space([]shape.Shape, shape.Shape, bool) nn.Space {
	return nn.Space{View: true, ForgetsInput: true, ForgetsOutput: true}
}

// Build makes the layer alive.
func (r *Reshape) Build(site nn.Site[float32]) nn.Layer[float32] { return newView(site) }

// Build64 makes the layer alive in double precision.
func (r *Reshape) Build64(site nn.Site[float64]) nn.Layer[float64] { return newView(site) }
