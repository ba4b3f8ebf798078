package layers

import (
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/shape"
)

// Head says that a loss can compute a softmax over the last axis itself, from
// the scores in front of it.
func (s *Softmax) Head(example shape.Shape) loss.Head {
	if axis, ok := exampleAxis(s.Axis, example.Rank()); ok && axis == example.Rank()-1 {
		return loss.Softmax
	}
	return loss.Linear
}

// Head says that a loss can compute a sigmoid itself, from the scores in front
// of it.
func (s *Sigmoid) Head(shape.Shape) loss.Head { return loss.Sigmoid }
