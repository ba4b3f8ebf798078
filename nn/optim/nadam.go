package optim

import (
	"math"

	"github.com/voxelpipe/pipe/nn/tensor"
)

// Nadam adds Nesterov's momentum to `adam`: a step looks ahead along the running
// mean of the gradients. It often learns a little faster in the first epochs.
//
// The rule is that of Dozat, "Incorporating Nesterov Momentum into Adam" (2016),
// with a momentum that grows from step to step, u(t) = beta_1·(1 - 0.96ᵗ/2). In
// step t, with the gradient g and U(t) = u(1)·u(2)·…·u(t):
//
//	m ← m + (g - m)(1-beta_1)
//	v ← v + (g² - v)(1-beta_2)
//	m̂ = u(t+1)·m/(1 - U(t+1)) + (1-u(t))·g/(1 - U(t))
//	w ← w - learning_rate·m̂/(√(v/(1-beta_2ᵗ)) + epsilon)
//
// In PyTorch the momentum grows 250 times as slowly (its `momentum_decay` is
// 0.004, where Keras' rule is that of 1), and epsilon is 1e-8.
type Nadam struct {
	// About how far a weight moves in one step.
	LearningRate float64 `yaml:"learning_rate" elsewhere:"lr,eta" validate:"gt=0"`
	// The share of the running mean of gradients that is kept in a step.
	Beta1 float64 `yaml:"beta_1" validate:"gte=0,lt=1"`
	// The share of the running mean of squares that is kept in a step.
	Beta2 float64 `yaml:"beta_2" validate:"gte=0,lt=1"`
	// What is added to the root. It keeps the divisor away from 0.
	Epsilon float64 `yaml:"epsilon" validate:"gt=0"`
	Common  `yaml:",inline"`
}

// Rate is the learning rate as written.
func (n *Nadam) Rate() float64 { return n.LearningRate }

// Slots are the running means.
func (*Nadam) Slots() []string { return []string{"mean", "square"} }

// Update is one step in single precision.
func (n *Nadam) Update(u *Update[float32]) { nadam(n, u) }

// Update64 is one step in double precision.
func (n *Nadam) Update64(u *Update[float64]) { nadam(n, u) }

// warming is the factor by which Nadam's momentum in a step is below beta_1.
func warming(step int) float64 { return 1 - 0.5*math.Pow(0.96, float64(step)) }

// momenta is the product of Nadam's momenta in the steps 1 to t.
func (n *Nadam) momenta(t int) float64 {
	product := math.Pow(n.Beta1, float64(t))
	for step := 1; step <= t; step++ {
		factor := warming(step)
		if factor == 1 { // as are all that follow
			break
		}
		product *= factor
	}
	return product
}

// nadam is Keras' rule.
func nadam[T tensor.Float](n *Nadam, u *Update[T]) {
	now, next, all := n.Beta1*warming(u.Step), n.Beta1*warming(u.Step+1), n.momenta(u.Step)
	ofMean, ofGrad := T(u.Rate*next/(1-all*next)), T(u.Rate*(1-now)/(1-all))
	correction := T(1 / (1 - math.Pow(n.Beta2, float64(u.Step))))
	rest1, rest2, epsilon := T(1-n.Beta1), T(1-n.Beta2), T(n.Epsilon)
	w, m, v := u.Value, u.Slots[0], u.Slots[1]
	for i, g := range u.Grad {
		m[i] += (g - m[i]) * rest1
		v[i] += (g*g - v[i]) * rest2
		w[i] -= (ofMean*m[i] + ofGrad*g) / (T(math.Sqrt(float64(v[i]*correction))) + epsilon)
	}
}
