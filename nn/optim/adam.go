package optim

import (
	"math"

	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Adam is gradient descent with a step size of its own for every weight, from
// running means of its gradient and of the gradient's square. It works with its
// defaults on most networks. If the loss jumps about, or becomes NaN, try a
// `learning_rate` of 1e-4.
//
// The formulas are those of Kingma and Ba, "Adam: A Method for Stochastic
// Optimization" (2014), in the form before their section 2.1, which adds epsilon
// to the root of the uncorrected mean, as Keras does.
type Adam struct {
	// About how far a weight moves in one step.
	LearningRate float64 `yaml:"learning_rate" elsewhere:"lr,eta" validate:"gt=0"`
	// The share of the running mean of gradients that is kept in a step.
	Beta1 float64 `yaml:"beta_1" validate:"gte=0,lt=1"`
	// The share of the running mean of squares that is kept in a step.
	Beta2 float64 `yaml:"beta_2" validate:"gte=0,lt=1"`
	// Epsilon keeps the divisor away from 0. PyTorch's has another meaning: there it
	// is added after the mean was corrected.
	Epsilon float64 `yaml:"epsilon" validate:"gt=0"`
	// AMSGrad divides by the largest mean of squares so far, so that steps never
	// grow again; see Reddi and others, "On the Convergence of Adam and Beyond"
	// (2018).
	AMSGrad bool `yaml:"amsgrad"`
	Common  `yaml:",inline"`
}

// Rate is the learning rate as written.
func (a *Adam) Rate() float64 { return a.LearningRate }

// Slots are the running means, and the largest square with AMSGrad.
func (a *Adam) Slots() []string {
	if a.AMSGrad {
		return []string{"mean", "square", "largest_square"}
	}
	return []string{"mean", "square"}
}

// Update is one step in single precision.
func (a *Adam) Update(u *Update[float32]) {
	begun := 0
	if !a.AMSGrad {
		s := kernel.AdamStep{W: u.Value, M: u.Slots[0], V: u.Slots[1], G: u.Grad}
		s.Alpha, s.Rest1, s.Rest2, s.Epsilon = adamFactors(a, u)
		begun = s.Begin()
	}
	adam(a, u, begun)
}

// Update64 is one step in double precision.
func (a *Adam) Update64(u *Update[float64]) { adam(a, u, 0) }

// adamFactors are α, 1-β₁, 1-β₂ and ε of a step.
func adamFactors[T tensor.Float](a *Adam, u *Update[T]) (alpha, rest1, rest2, epsilon T) {
	t := float64(u.Step)
	alpha = T(u.Rate * math.Sqrt(1-math.Pow(a.Beta2, t)) / (1 - math.Pow(a.Beta1, t)))
	return alpha, T(1 - a.Beta1), T(1 - a.Beta2), T(a.Epsilon)
}

// adam is Keras' rule in step t, counted from 1, for the weights from the given one on:
//
//	α = rate·√(1-β₂ᵗ)/(1-β₁ᵗ)
//	m ← m + (g - m)(1-β₁)
//	v ← v + (g² - v)(1-β₂)
//	w ← w - α·m/(√v + ε)
func adam[T tensor.Float](a *Adam, u *Update[T], from int) {
	alpha, rest1, rest2, epsilon := adamFactors(a, u)
	w, m, v := u.Value, u.Slots[0], u.Slots[1]
	for i := from; i < len(w); i++ {
		g := u.Grad[i]
		m[i] += (g - m[i]) * rest1
		v[i] += (g*g - v[i]) * rest2
		square := v[i]
		if a.AMSGrad {
			top := u.Slots[2]
			top[i] = max(top[i], square)
			square = top[i]
		}
		w[i] -= alpha * m[i] / (T(math.Sqrt(float64(square))) + epsilon)
	}
}
