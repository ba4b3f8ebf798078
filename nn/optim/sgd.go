package optim

import "github.com/voxelpipe/pipe/nn/tensor"

// SGD is gradient descent: each weight moves against its gradient, as far as
// the learning rate says. With `momentum` it keeps moving the way it went, which
// smooths the noise of small batches.
//
// It needs a well chosen learning rate; `adam` is more forgiving.
//
// In each step, with the gradient g:
//
//	m ← momentum·m - learning_rate·g
//	w ← w + m, with nesterov w ← w + momentum·m - learning_rate·g
//
// As in Keras the learning rate is in m, so that a change of it does not act on what
// was gathered before; PyTorch multiplies m by the learning rate of the step.
type SGD struct {
	// How far a step goes along the gradient.
	LearningRate float64 `yaml:"learning_rate" elsewhere:"lr,eta" validate:"gt=0"`
	// The share of the last step that is added to the next one; 0.9 is usual.
	Momentum float64 `yaml:"momentum" validate:"gte=0,lte=1"`
	// Nesterov takes the gradient as if the momentum had already been followed.
	Nesterov bool `yaml:"nesterov"`
	Common   `yaml:",inline"`
}

// Rate is the learning rate as written.
func (s *SGD) Rate() float64 { return s.LearningRate }

// Slots is the momentum, where there is one.
func (s *SGD) Slots() []string {
	if s.Momentum == 0 {
		return nil
	}
	return []string{"momentum"}
}

// Update is one step in single precision.
func (s *SGD) Update(u *Update[float32]) { sgd(s, u) }

// Update64 is one step in double precision.
func (s *SGD) Update64(u *Update[float64]) { sgd(s, u) }

// sgd is Keras' rule: m ← momentum·m - rate·g, w ← w + m, and with Nesterov
// w ← w + momentum·m - rate·g. The learning rate is part of m, so that a change
// of the rate does not act on steps already taken (PyTorch multiplies later).
func sgd[T tensor.Float](s *SGD, u *Update[T]) {
	w, rate := u.Value, T(u.Rate)
	if s.Momentum == 0 {
		for i, g := range u.Grad {
			w[i] -= rate * g
		}
		return
	}
	m, momentum := u.Slots[0], T(s.Momentum)
	for i, g := range u.Grad {
		m[i] = momentum*m[i] - rate*g
		if s.Nesterov {
			w[i] += momentum*m[i] - rate*g
		} else {
			w[i] += m[i]
		}
	}
}
