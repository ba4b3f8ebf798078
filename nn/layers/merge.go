package layers

import (
	"fmt"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// merging is what the layers that combine inputs element by element have in
// common.
type merging struct{}

// Merges marks a layer that takes several inputs.
func (merging) Merges() {}

// Output is the shape that all inputs are brought to.
func (merging) Output(in []shape.Shape) (shape.Shape, error) { return joined(in) }

// Weights are none.
func (merging) Weights([]shape.Shape) []nn.Weight { return nil }

// Space: the way back looks at all, and sums up what goes back to inputs that were
// repeated.
func (merging) Space(in []shape.Shape, out shape.Shape, _ bool) nn.Space {
	return nn.Space{Own: bytesOfSums(in, out)}
}

// bytesOfSums is the memory for the gradients by inputs that were repeated, in
// double precision.
func bytesOfSums(in []shape.Shape, out shape.Shape) int {
	bytes := 0
	for _, s := range in {
		if !s.Equal(out) {
			bytes += 8 * tensor.Elements(s.MustSizes())
		}
	}
	return bytes
}

// joined is the shape that all inputs are brought to, by Keras' rule: shapes are
// compared from their last axis on, and along an axis of size 1, or one that is
// not there, an input is repeated.
func joined(in []shape.Shape) (shape.Shape, error) {
	if err := several(in); err != nil {
		return nil, err
	}
	var out shape.Shape
	for i, s := range in {
		switch {
		case s == nil:
			return nil, nil // it may have more axes than the others
		case i == 0:
			out = append(out, s...)
			continue
		case len(s) > len(out):
			out, s = append(shape.Shape{}, s...), out
		}
		for k := 1; k <= len(s); k++ {
			axis := len(out) - k
			size, fits := repeated(out[axis], s[len(s)-k])
			if !fits {
				return nil, disagree(in, out, axis, fmt.Sprintf("%s: %s ≠ %s", shape.AxisName(len(out), axis), out[axis], s[len(s)-k]))
			}
			out[axis] = size
		}
	}
	return out, nil
}

// repeated is the size of an axis that is a in one input and b in another; false
// if neither can be repeated.
func repeated(a, b shape.Dim) (size shape.Dim, fits bool) {
	_, first := a.Known()
	_, second := b.Known()
	switch {
	case a.Equal(b) || b.Is(1):
		return a, true
	case a.Is(1):
		return b, true
	case first && second:
		return a, false
	case first: // the other one is 1 or the same
		return a, true
	case second:
		return b, true
	}
	if more, known := a.Sub(b).Known(); known { // the smaller one is 1
		if more > 0 {
			return a, true
		}
		return b, true
	}
	return shape.Symbol(fmt.Sprintf("max(%s, %s)", a, b)), true
}

// agreed is the shape that all inputs have, leaving out one axis unless it is
// -1. Inputs of unknown rank are taken to agree; a number goes before a symbol.
func agreed(in []shape.Shape, except int) (shape.Shape, error) {
	if err := several(in); err != nil {
		return nil, err
	}
	var out shape.Shape
	for _, s := range in {
		switch {
		case s == nil:
		case out == nil:
			out = append(shape.Shape{}, s...)
		case len(s) != len(out):
			return nil, disagree(in, s, -1, fmt.Sprintf("an example has %s in one and %s in another", axes(len(out)), axes(len(s))))
		default:
			for axis := range s {
				if axis != except && s[axis].Differs(out[axis]) {
					return nil, disagree(in, s, axis, fmt.Sprintf("%s: %s ≠ %s", shape.AxisName(len(s), axis), out[axis], s[axis]))
				}
				if _, known := out[axis].Known(); !known {
					out[axis] = s[axis]
				}
			}
		}
	}
	return out, nil
}

func several(in []shape.Shape) error {
	if len(in) >= 2 {
		return nil
	}
	return &shape.Mismatch{
		Fault: shape.Setting, Settings: []string{"from"}, Input: in[0], Axis: -1,
		Problem:    "the layer joins several inputs, but has one",
		Arithmetic: "1 < 2",
		Remedy:     "name them: from: [a, b]",
	}
}

func disagree(in []shape.Shape, refused shape.Shape, axis int, arithmetic string) error {
	texts := make([]string, len(in))
	for i, s := range in {
		texts[i] = s.Batch()
	}
	m := &shape.Mismatch{
		Fault: shape.Disagree, Settings: []string{"from"}, Input: refused, Axis: axis,
		Problem:    "the inputs have different shapes: " + strings.Join(texts, " and "),
		Arithmetic: arithmetic,
		Remedy:     "bring them to one shape before they are joined",
	}
	if axis >= 0 && axis == refused.Rank()-1 {
		m.Remedy = "give both the same number of channels, with conv3d or dense, or join them with concatenate"
	}
	return m
}
