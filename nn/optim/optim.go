// Package optim changes weights so that the loss falls. Names, settings,
// defaults and update formulas are those of Keras 3.
package optim

import "github.com/voxelpipe/pipe/nn/tensor"

// Optimizer is an optimizer as written: its settings. It holds no state. It
// embeds Common.
type Optimizer interface {
	// Rate is the learning rate as written.
	Rate() float64
	// Slots names the arrays that the optimizer's own rule keeps for each weight,
	// each as large as the weight and zero before the first step.
	Slots() []string
	// Update changes some elements of one weight by one step.
	Update(u *Update[float32])
	// Update64 is Update in double precision, for proofs.
	Update64(u *Update[float64])

	common() *Common
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

// Averages says whether an optimizer keeps moving averages of the weights.
func Averages(o Optimizer) bool { return o.common().UseEMA }

// Accumulates is how many batches an optimizer takes the mean gradient of before
// it changes the weights.
func Accumulates(o Optimizer) int { return max(o.common().GradientAccumulationSteps, 1) }

// Slots names all arrays that are kept for each weight, each as large as the
// weight: those of the optimizer's rule, and what its common settings need.
func Slots(o Optimizer) []string {
	return append(o.Slots(), o.common().slots()...)
}

// WeightDecay is an optimizer's weight_decay: 0 where weights are not pulled
// towards zero.
func WeightDecay(o Optimizer) float64 { return o.common().WeightDecay }
