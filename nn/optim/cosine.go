package optim

// Cosine lowers the learning rate along half a wave of the cosine: slowly at
// first, fast in the middle, slowly at the end. With a `warmup` it is what most
// networks of today are trained with.
//
// It is Keras' CosineDecay, whose warmup_target is the optimizer's learning_rate
// here, from Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm
// Restarts" (2017):
//
//	learning_rate × ((1 - alpha)·(1 + cos(π·part))/2 + alpha)
type Cosine struct {
	// What is left of the learning rate at the end, as a share of it.
	Alpha float64 `yaml:"alpha" validate:"gte=0,lte=1"`
	Decay `yaml:",inline"`
	Rise  `yaml:",inline"`
}

// At is the learning rate of the next step.
func (s *Cosine) At(rate float64, c Clock) float64 {
	warm, since, rises := s.rising(rate, c)
	if rises {
		return warm
	}
	return between(rate, rate*s.Alpha, part(since, s.Decay.steps(&s.Rise, c)))
}
