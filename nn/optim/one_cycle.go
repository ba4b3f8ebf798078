package optim

// OneCycle raises the learning rate up to the optimizer's, then lowers it to
// next to nothing, both along half a wave of the cosine. A single cycle as long
// as the training allows a higher learning rate than a constant one would bear.
//
// It is PyTorch's OneCycleLR, whose max_lr is the optimizer's learning_rate here
// and whose pct_start is the warm-up's part of the training, without changing the
// optimizer's momentum (cycle_momentum: false). It is due to Smith and Topin,
// "Super-Convergence" (2018). Keras has none.
type OneCycle struct {
	// For how many epochs the learning rate rises; not set, for 0.3 of the training.
	Warmup *float64 `yaml:"warmup" validate:"omitempty,gte=0"`
	// The first learning rate is the optimizer's divided by this.
	DivFactor float64 `yaml:"div_factor" validate:"gte=1"`
	// The last learning rate is the first one divided by this.
	FinalDivFactor float64 `yaml:"final_div_factor" validate:"gte=1"`
	// How it rises and falls: cos, or linear for straight lines.
	AnnealStrategy string `yaml:"anneal_strategy" validate:"oneof=cos linear"`
}

// usualRise is PyTorch's pct_start.
const usualRise = 0.3

// WarmsUp is the setting.
func (s *OneCycle) WarmsUp(epochs int) float64 {
	if s.Warmup == nil {
		return usualRise * float64(epochs)
	}
	return *s.Warmup
}

// At is the learning rate of the next step. The highest one is that of the last
// step of the warm-up, the lowest that of the last step of all.
func (s *OneCycle) At(rate float64, c Clock) float64 {
	first := rate / s.DivFactor
	rise := usualRise * float64(c.Total)
	if s.Warmup != nil {
		rise = c.steps(*s.Warmup)
	}
	step, peak, last := float64(c.Step), rise-1, float64(c.Total-1)
	if step <= peak {
		return s.anneal(first, rate, part(step, peak))
	}
	return s.anneal(rate, first/s.FinalDivFactor, part(step-peak, last-peak))
}

// anneal goes from one rate to another.
func (s *OneCycle) anneal(from, to, part float64) float64 {
	if s.AnnealStrategy == "linear" {
		return from + (to-from)*part
	}
	return between(from, to, part)
}
