package optim

import (
	"math"

	"github.com/voxelpipe/pipe/nn/tensor"
)

// Adagrad divides each step by the root of the sum of all squared gradients so
// far: weights that are rarely asked for keep moving, the others slow down for
// good. It wants a larger learning rate than `adam`, 0.01 to 1.
//
// The rule is that of Duchi, Hazan and Singer, "Adaptive Subgradient Methods for
// Online Learning and Stochastic Optimization" (2011). In each step, with the
// gradient g:
//
//	v ← v + g²
//	w ← w - learning_rate·g/√(v + epsilon)
//
// v starts at `initial_accumulator_value`, as in Keras. PyTorch starts at 0,
// and adds epsilon (1e-10) to the root, not under it.
type Adagrad struct {
	// How far a step goes before it is divided.
	LearningRate float64 `yaml:"learning_rate" elsewhere:"lr,eta" validate:"gt=0"`
	// The sum of squares before the first step. It keeps the first steps short.
	InitialAccumulatorValue float64 `yaml:"initial_accumulator_value" validate:"gte=0"`
	// What is added under the root. It keeps the divisor away from 0.
	Epsilon float64 `yaml:"epsilon" validate:"gt=0"`
	Common  `yaml:",inline"`
}

// Rate is the learning rate as written.
func (a *Adagrad) Rate() float64 { return a.LearningRate }

// Slots is the sum of squares, without the value it starts at.
func (*Adagrad) Slots() []string { return []string{"square_sum"} }

// Update is one step in single precision.
func (a *Adagrad) Update(u *Update[float32]) { adagrad(a, u) }

// Update64 is one step in double precision.
func (a *Adagrad) Update64(u *Update[float64]) { adagrad(a, u) }

// adagrad is Keras' rule. Every array starts at 0 here, so the first value is
// added where the sum is used.
func adagrad[T tensor.Float](a *Adagrad, u *Update[T]) {
	rate, first := T(u.Rate), T(a.InitialAccumulatorValue)+T(a.Epsilon)
	w, v := u.Value, u.Slots[0]
	for i, g := range u.Grad {
		v[i] += g * g
		w[i] -= rate * g / T(math.Sqrt(float64(v[i]+first)))
	}
}
