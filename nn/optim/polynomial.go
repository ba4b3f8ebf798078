package optim

import "math"

// Polynomial lowers the learning rate to `end_learning_rate`: in a straight line
// with a `power` of 1, fast at first and slowly at the end with 2.
//
// It is Keras' PolynomialDecay, behind the warm-up:
//
//	(learning_rate - end_learning_rate)·(1 - part)^power + end_learning_rate
type Polynomial struct {
	// The learning rate at the end.
	EndLearningRate float64 `yaml:"end_learning_rate" validate:"gte=0"`
	// The exponent.
	Power float64 `yaml:"power" validate:"gt=0"`
	// Whether the learning rate goes up again after decay_epochs, to where it would be
	// if it had fallen for twice as long, and so on.
	Cycle bool `yaml:"cycle"`
	Decay `yaml:",inline"`
	Rise  `yaml:",inline"`
}

// At is the learning rate of the next step.
func (s *Polynomial) At(rate float64, c Clock) float64 {
	warm, since, rises := s.rising(rate, c)
	if rises {
		return warm
	}
	steps := s.Decay.steps(&s.Rise, c)
	if s.Cycle && since > steps {
		steps *= math.Ceil(since / steps)
	}
	return (rate-s.EndLearningRate)*math.Pow(1-part(since, steps), s.Power) + s.EndLearningRate
}
