package optim

import "math"

// Exponential multiplies the learning rate by `decay_rate` every `decay_epochs`,
// little by little in every step, or all at once with `staircase`.
//
// It is Keras' ExponentialDecay, behind the warm-up:
//
//	learning_rate × decay_rate^(epochs / decay_epochs)
type Exponential struct {
	// What the learning rate has been multiplied by after decay_epochs.
	DecayRate float64 `yaml:"decay_rate" validate:"required,gt=0,lte=1"`
	// In how many epochs it is multiplied by the decay_rate once. Keras' decay_steps,
	// in epochs.
	DecayEpochs float64 `yaml:"decay_epochs" validate:"gt=0"`
	// Whether it falls only when decay_epochs are over.
	Staircase bool `yaml:"staircase"`
	Rise      `yaml:",inline"`
}

// At is the learning rate of the next step.
func (s *Exponential) At(rate float64, c Clock) float64 {
	warm, since, rises := s.rising(rate, c)
	if rises {
		return warm
	}
	times := since / c.steps(s.DecayEpochs)
	if s.Staircase {
		times = math.Floor(times)
	}
	return rate * math.Pow(s.DecayRate, times)
}
