package optim

import (
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// State is an optimizer at work on a list of weights. It is not safe for
// concurrent use.
type State[T tensor.Float] struct {
	// Rate is the learning rate of the next step.
	Rate float64
	// Steps is how many gradients have been taken. That many updates have been made,
	// or fewer where gradients are accumulated.
	Steps int
	// Clip, if set, shortens the gradients that an update is about to use.
	Clip func(params []*nn.Param[T])
	// Pool computes; nil computes on the caller. The result does not depend on it.
	Pool *nn.Pool

	common *Common
	params []*nn.Param[T]
	decays []bool
	slots  []*nn.Param[T] // those of params[0], then those of params[1], …
	names  []string
	// sum and average are the places among the names of what accumulation and the
	// moving average keep; -1 without them.
	sum, average int
	update       func(*Update[T])
	pieces       []piece
	work         []Update[T]
	// The jobs for a piece.
	add, mean, change, settle, swap func(int)
}

// piece is a range of elements of one weight.
type piece struct{ param, from, to int }

// pieceElements is how many elements are updated in one go.
const pieceElements = 1 << 15

// New sets an optimizer to work on those of the weights that are trainable.
func New[T tensor.Float](o Optimizer, params []*nn.Param[T]) *State[T] {
	s := &State[T]{Rate: o.Rate(), common: o.common(), names: Slots(o), update: updateOf[T](o)}
	s.sum, s.average = slices.Index(s.names, "gradient_sum"), slices.Index(s.names, "average")
	for _, p := range params {
		if !p.Trainable {
			continue
		}
		for from := 0; from < len(p.Value); from += pieceElements {
			s.pieces = append(s.pieces, piece{len(s.params), from, min(from+pieceElements, len(p.Value))})
		}
		s.params = append(s.params, p)
		s.decays = append(s.decays, s.common.decays(p.Name))
		for _, name := range s.names {
			s.slots = append(s.slots, &nn.Param[T]{Name: p.Name + "/" + name, Shape: p.Shape, Value: make([]T, len(p.Value))})
		}
	}
	s.work = make([]Update[T], len(s.pieces))
	for i := range s.work {
		s.work[i].Slots = make([][]T, len(o.Slots()))
	}
	s.add, s.mean, s.change = s.addPiece, s.meanPiece, s.changePiece
	s.settle, s.swap = s.settlePiece, s.swapPiece
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

// Step takes the gradients of one batch. It changes every weight along them; with
// accumulation, each time that enough batches have come, along their mean. The
// gradients are then those that were used.
func (s *State[T]) Step() {
	s.Steps++
	if s.common.accumulates() {
		if s.Steps%s.common.GradientAccumulationSteps != 0 {
			s.Pool.Run(len(s.pieces), s.add)
			return
		}
		s.Pool.Run(len(s.pieces), s.mean)
	}
	if s.Clip != nil {
		s.Clip(s.params)
	}
	s.Pool.Run(len(s.pieces), s.change)
}

// Finish makes the weights their moving averages, where those are kept: what is
// to be done once after the last step.
func (s *State[T]) Finish() {
	if s.average >= 0 && s.updates() > 0 {
		s.Pool.Run(len(s.pieces), s.settle)
	}
}

// Swap exchanges the weights and their moving averages, where those are kept. A
// second time it undoes that.
func (s *State[T]) Swap() {
	if s.average >= 0 && s.updates() > 0 {
		s.Pool.Run(len(s.pieces), s.swap)
	}
}

// updates is how often the weights have changed.
func (s *State[T]) updates() int {
	if s.common.accumulates() {
		return s.Steps / s.common.GradientAccumulationSteps
	}
	return s.Steps
}

// slot is the k-th array kept for the elements of a piece.
func (s *State[T]) slot(at piece, k int) []T {
	return s.slots[at.param*len(s.names)+k].Value[at.from:at.to]
}

// addPiece keeps the gradients for later.
func (s *State[T]) addPiece(i int) {
	at := s.pieces[i]
	sum := s.slot(at, s.sum)
	for i, g := range s.params[at.param].Grad[at.from:at.to] {
		sum[i] += g
	}
}

// meanPiece makes the gradients the mean of those kept and themselves, and
// forgets the former.
func (s *State[T]) meanPiece(i int) {
	at := s.pieces[i]
	sum, grad, batches := s.slot(at, s.sum), s.params[at.param].Grad[at.from:at.to], T(s.common.GradientAccumulationSteps)
	for i, g := range grad {
		grad[i] = (g + sum[i]) / batches
		sum[i] = 0
	}
}

// changePiece updates the weights of a piece: decay, the optimizer's rule, the
// moving average, in Keras' order.
func (s *State[T]) changePiece(i int) {
	at, u := s.pieces[i], &s.work[i]
	p := s.params[at.param]
	u.Step, u.Rate = s.updates(), s.Rate
	u.Value, u.Grad = p.Value[at.from:at.to], p.Grad[at.from:at.to]
	for k := range u.Slots {
		u.Slots[k] = s.slot(at, k)
	}
	if s.decays[at.param] {
		share := T(s.common.WeightDecay) * T(u.Rate)
		for i, w := range u.Value {
			u.Value[i] -= w * share
		}
	}
	s.update(u)
	if s.average < 0 {
		return
	}
	average, kept := s.slot(at, s.average), T(s.common.EMAMomentum)
	if u.Step == 1 {
		kept = 0
	}
	for i, w := range u.Value {
		average[i] = kept*average[i] + (1-kept)*w
	}
	if s.common.overwrites(u.Step) {
		copy(u.Value, average)
	}
}

// settlePiece makes weights their averages.
func (s *State[T]) settlePiece(i int) {
	at := s.pieces[i]
	copy(s.params[at.param].Value[at.from:at.to], s.slot(at, s.average))
}

// swapPiece exchanges weights and averages.
func (s *State[T]) swapPiece(i int) {
	at := s.pieces[i]
	w, average := s.params[at.param].Value[at.from:at.to], s.slot(at, s.average)
	for i := range w {
		w[i], average[i] = average[i], w[i]
	}
}

// Slots are the arrays that the optimizer keeps, named
// "<name of the weight>/<slot>", sharing their elements with it: to continue
// another day, store these and Steps, and set both again.
func (s *State[T]) Slots() []*nn.Param[T] { return s.slots }
