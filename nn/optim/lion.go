package optim

import "github.com/voxelpipe/pipe/nn/tensor"

// Lion moves every weight by the same distance, the learning rate, in the
// direction of a running mean of its gradient. It keeps one array for each
// weight where `adam` keeps two.
//
// It wants a learning rate 3 to 10 times smaller than `adam`, and a
// `weight_decay` 3 to 10 times larger; it does best with large batches.
//
// The rule is that of Chen and others, "Symbolic Discovery of Optimization
// Algorithms" (2023). In each step, with the gradient g:
//
//	w ← w - learning_rate·sign(beta_1·m + (1-beta_1)·g)
//	m ← beta_2·m + (1-beta_2)·g
type Lion struct {
	// How far a weight moves in one step.
	LearningRate float64 `yaml:"learning_rate" elsewhere:"lr,eta" validate:"gt=0"`
	// The share of the running mean in the direction of a step; the rest is the
	// gradient's.
	Beta1 float64 `yaml:"beta_1" validate:"gt=0,lte=1"`
	// The share of the running mean that is kept in a step.
	Beta2  float64 `yaml:"beta_2" validate:"gte=0,lt=1"`
	Common `yaml:",inline"`
}

// Rate is the learning rate as written.
func (l *Lion) Rate() float64 { return l.LearningRate }

// Slots is the running mean.
func (*Lion) Slots() []string { return []string{"mean"} }

// Update is one step in single precision.
func (l *Lion) Update(u *Update[float32]) { lion(l, u) }

// Update64 is one step in double precision.
func (l *Lion) Update64(u *Update[float64]) { lion(l, u) }

// lion is Keras' rule. A direction of 0 does not move the weight, and NaN makes
// it NaN.
func lion[T tensor.Float](l *Lion, u *Update[T]) {
	rate := T(u.Rate)
	keep1, rest1, keep2, rest2 := T(l.Beta1), T(1-l.Beta1), T(l.Beta2), T(1-l.Beta2)
	w, m := u.Value, u.Slots[0]
	for i, g := range u.Grad {
		switch direction := keep1*m[i] + rest1*g; {
		case direction > 0:
			w[i] -= rate
		case direction < 0:
			w[i] += rate
		default:
			w[i] += direction
		}
		m[i] = keep2*m[i] + rest2*g
	}
}
