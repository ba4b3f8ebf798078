package optim

// Constant keeps the optimizer's learning rate, behind a `warmup`.
type Constant struct {
	Rise `yaml:",inline"`
}

// At is the learning rate of the next step.
func (s *Constant) At(rate float64, c Clock) float64 {
	if warm, _, rises := s.rising(rate, c); rises {
		return warm
	}
	return rate
}
