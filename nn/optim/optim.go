// Package optim changes weights so that the loss falls. Names, settings,
// defaults and update formulas are those of Keras 3.
package optim

import (
	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Optimizer is an optimizer as written: its settings. It holds no state.
type Optimizer interface {
	// Rate is the learning rate as written.
	Rate() float64
	// Slots names the arrays that the optimizer keeps for each weight, each as
	// large as the weight and zero before the first step.
	Slots() []string
	// Update changes some elements of one weight by one step.
	Update(u *Update[float32])
	// Update64 is Update in double precision, for proofs.
	Update64(u *Update[float64])
}

// Update is one step for some elements of one weight. All slices are equally
// long.
type Update[T tensor.Float] struct {
	// Step counts from 1.
	Step int
	// Rate is the learning rate of this step.
	Rate float64
	// Value is changed along Grad, the derivative of the loss by it.
	Value, Grad []T
	// Slots are those of the optimizer, in its order.
	Slots [][]T
}

// State is an optimizer at work on a list of weights. It is not safe for
// concurrent use.
type State[T tensor.Float] struct {
	// Rate is the learning rate of the next step.
	Rate float64
	// Steps is how many steps have been taken.
	Steps int
	// Pool computes; nil computes on the caller. The result does not depend on it.
	Pool *nn.Pool

	params []*nn.Param[T]
	slots  []*nn.Param[T] // those of params[0], then those of params[1], …
	names  []string
	update func(*Update[T])
	pieces []piece
	work   []Update[T]
	run    func(int)
}

// piece is a range of elements of one weight.
type piece struct{ param, from, to int }

// pieceElements is how many elements are updated in one go.
const pieceElements = 1 << 15

// New sets an optimizer to work on those of the weights that are trainable.
func New[T tensor.Float](o Optimizer, params []*nn.Param[T]) *State[T] {
	s := &State[T]{Rate: o.Rate(), names: o.Slots(), update: updateOf[T](o)}
	for _, p := range params {
		if !p.Trainable {
			continue
		}
		for from := 0; from < len(p.Value); from += pieceElements {
			s.pieces = append(s.pieces, piece{len(s.params), from, min(from+pieceElements, len(p.Value))})
		}
		s.params = append(s.params, p)
		for _, name := range s.names {
			s.slots = append(s.slots, &nn.Param[T]{Name: p.Name + "/" + name, Shape: p.Shape, Value: make([]T, len(p.Value))})
		}
	}
	s.work = make([]Update[T], len(s.pieces))
	for i := range s.work {
		s.work[i].Slots = make([][]T, len(s.names))
	}
	s.run = s.updatePiece
	return s
}

// updateOf picks the precision.
func updateOf[T tensor.Float](o Optimizer) func(*Update[T]) {
	var update any
	switch any(T(0)).(type) {
	case float32:
		update = o.Update
	case float64:
		update = o.Update64
	}
	return update.(func(*Update[T]))
}

// Step changes every weight along its gradient.
func (s *State[T]) Step() {
	s.Steps++
	s.Pool.Run(len(s.pieces), s.run)
}

func (s *State[T]) updatePiece(i int) {
	at, u := s.pieces[i], &s.work[i]
	p := s.params[at.param]
	u.Step, u.Rate = s.Steps, s.Rate
	u.Value, u.Grad = p.Value[at.from:at.to], p.Grad[at.from:at.to]
	for k := range u.Slots {
		u.Slots[k] = s.slots[at.param*len(s.names)+k].Value[at.from:at.to]
	}
	s.update(u)
}

// Slots are the arrays that the optimizer keeps, named
// "<name of the weight>/<slot>", sharing their elements with it: to continue
// another day, store these and Steps, and set both again.
func (s *State[T]) Slots() []*nn.Param[T] { return s.slots }
