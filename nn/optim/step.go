package optim

import "math"

// Step multiplies the learning rate by `gamma` every `step_size` epochs, or at
// the `boundaries`: with a gamma of 0.1 and boundaries [30, 60] it is a tenth
// after 30 epochs and a hundredth after 60.
//
// It is StepLR and MultiStepLR of PyTorch, and Keras' PiecewiseConstantDecay with
// values that shrink evenly. Epochs are counted from the beginning of the
// training, the warm-up included.
type Step struct {
	// After how many epochs, again and again, the learning rate is lowered. Write this
	// or boundaries.
	StepSize *float64 `yaml:"step_size" validate:"omitempty,gt=0,required_without=Boundaries,excluded_with=Boundaries"`
	// After which epochs the learning rate is lowered.
	Boundaries []float64 `yaml:"boundaries" validate:"omitempty,unique,dive,gt=0"`
	// What the learning rate is multiplied by each time.
	Gamma float64 `yaml:"gamma" validate:"gt=0,lte=1"`
	Rise  `yaml:",inline"`
}

// At is the learning rate of the next step.
func (s *Step) At(rate float64, c Clock) float64 {
	if warm, _, rises := s.rising(rate, c); rises {
		return warm
	}
	return rate * math.Pow(s.Gamma, float64(s.times(c)))
}

// times is how often the learning rate has been lowered.
func (s *Step) times(c Clock) int {
	step := float64(c.Step)
	if s.StepSize != nil {
		return int(step / c.steps(*s.StepSize))
	}
	times := 0
	for _, epoch := range s.Boundaries {
		if step >= c.steps(epoch) {
			times++
		}
	}
	return times
}
