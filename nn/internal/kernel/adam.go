package kernel

import "math"

// AdamStep is a step of Adam for as many weights as Grad has elements:
//
//	Mean ← Mean + (Grad - Mean)·Rest1
//	Square ← Square + (Grad² - Square)·Rest2
//	Value ← Value - Rate·Mean / (√Square + Epsilon)
//
// All engines give the same bits. The caller keeps it, so that a step takes no
// memory.
//
// Assembly reads the fields by their offsets.
type AdamStep[T Float] struct {
	Value, Grad, Mean, Square   []T
	Rate, Rest1, Rest2, Epsilon T
}

// Take takes the step.
func (a *AdamStep[T]) Take() {
	n := len(a.Grad)
	a.Value, a.Mean, a.Square = a.Value[:n], a.Mean[:n], a.Square[:n]
	engineOf[T]().adam(a)
}

func plainAdam[T Float](a *AdamStep[T]) {
	value, mean, square := a.Value, a.Mean, a.Square
	for i, g := range a.Grad {
		// The conversions keep a processor from fusing the steps.
		m := mean[i] + T((g-mean[i])*a.Rest1)
		v := square[i] + T((T(g*g)-square[i])*a.Rest2)
		mean[i], square[i] = m, v
		value[i] -= T(a.Rate*m) / (T(math.Sqrt(float64(v))) + a.Epsilon)
	}
}
