package optim

import (
	"math"

	"github.com/voxelpipe/pipe/nn/tensor"
)

// RMSprop divides each step by the root of a running mean of the gradient's
// square, so that all weights move about equally fast, however large their
// gradients are. `adam` does the same and smooths the gradient too.
//
// The rule is that of Tieleman and Hinton's lecture "RMSprop" (2012). In step t,
// with the gradient g:
//
//	v ← rho·v + (1-rho)·g²
//	w ← w - learning_rate·g/√(v + epsilon)
//
// PyTorch adds epsilon (1e-8) to the root, not under it, and keeps a share of
// 0.99 (its `alpha`) where Keras, and this optimizer, keep `rho` 0.9.
type RMSprop struct {
	// About how far a weight moves in one step.
	LearningRate float64 `yaml:"learning_rate" elsewhere:"lr,eta" validate:"gt=0"`
	// The share of the running mean of squares that is kept in a step.
	Rho float64 `yaml:"rho" validate:"gte=0,lt=1"`
	// The share of the last step that is added to the next one.
	Momentum float64 `yaml:"momentum" validate:"gte=0,lte=1"`
	// What is added under the root. It keeps the divisor away from 0.
	Epsilon float64 `yaml:"epsilon" validate:"gt=0"`
	// Whether a step is divided by the root of the gradient's running variance, in
	// place of the mean of its square: steps get longer where the gradient always
	// points the same way.
	Centered bool `yaml:"centered"`
	Common   `yaml:",inline"`
}

// Rate is the learning rate as written.
func (r *RMSprop) Rate() float64 { return r.LearningRate }

// Slots are what a step is divided by the root of; with it the running mean
// where it is centered, and the momentum where there is one.
func (r *RMSprop) Slots() []string {
	names := []string{"square"}
	if r.Centered {
		names = []string{"variance", "mean"}
	}
	if r.Momentum > 0 {
		names = append(names, "momentum")
	}
	return names
}

// Update is one step in single precision.
func (r *RMSprop) Update(u *Update[float32]) { rmsprop(r, u) }

// Update64 is one step in double precision.
func (r *RMSprop) Update64(u *Update[float64]) { rmsprop(r, u) }

// rmsprop is Keras' rule. Centered, Keras keeps the mean square v and the mean a
// and divides by √(v - a² + ε), which single precision makes the root of a
// negative number where the gradient hardly changes. Here the variance itself is
// kept, v - a² in other words:
//
//	s ← rho·(s + (1-rho)(g - a)²)
//	a ← a + (1-rho)(g - a)
func rmsprop[T tensor.Float](r *RMSprop, u *Update[T]) {
	rate, rho, epsilon, momentum := T(u.Rate), T(r.Rho), T(r.Epsilon), T(r.Momentum)
	rest := T(1 - r.Rho)
	w, v := u.Value, u.Slots[0]
	var mean, moved []T
	if r.Centered {
		mean = u.Slots[1]
	}
	if r.Momentum > 0 {
		moved = u.Slots[len(u.Slots)-1]
	}
	for i, g := range u.Grad {
		if r.Centered {
			off := g - mean[i]
			v[i] = rho * (v[i] + rest*off*off)
			mean[i] += rest * off
		} else {
			v[i] = rho*v[i] + rest*g*g
		}
		step := rate * g / T(math.Sqrt(float64(v[i]+epsilon)))
		if r.Momentum > 0 {
			moved[i] = momentum*moved[i] + step
			step = moved[i]
		}
		w[i] -= step
	}
}
