package optim

import "math"

// Schedule is a schedule as written: how the learning rate goes in the course of
// a training. It holds no state.
type Schedule interface {
	// At is the learning rate of the next step, given the optimizer's own.
	At(rate float64, c Clock) float64
	// WarmsUp is how many epochs the learning rate rises at first.
	WarmsUp(epochs int) float64
}

// Clock is where a training stands. Steps are batches.
type Clock struct {
	// Step is how many steps have been made.
	Step int
	// PerEpoch is how many steps an epoch has, Total all epochs together.
	PerEpoch, Total int
}

// steps is how many steps so many epochs have; a part of one counts. What is a
// whole number but for rounding is made one, so that 0.07 epochs of 100 steps end
// with the seventh.
func (c Clock) steps(epochs float64) float64 {
	steps := epochs * float64(c.PerEpoch)
	if whole := math.Round(steps); math.Abs(steps-whole) < 1e-9 {
		return whole
	}
	return steps
}

// Rise is how a schedule begins.
type Rise struct {
	// For how many epochs the learning rate rises first, evenly with every step, up to
	// the optimizer's learning_rate; 0.5 is half an epoch. Small first steps keep
	// large networks and large batches from getting lost before the optimizer knows
	// the size of the gradients.
	Warmup float64 `yaml:"warmup" validate:"gte=0"`
	// The learning rate that the warm-up starts at. From 0, as in Keras, the very first
	// step changes nothing.
	WarmupFrom float64 `yaml:"warmup_from" validate:"gte=0"`
}

// WarmsUp is the setting.
func (r *Rise) WarmsUp(int) float64 { return r.Warmup }

// rising is the learning rate of a warm-up, false once it is over; and the steps
// since its end, as Keras' CosineDecay counts them.
func (r *Rise) rising(rate float64, c Clock) (warm float64, since float64, rises bool) {
	steps := c.steps(r.Warmup)
	since = float64(c.Step) - steps
	if since >= 0 {
		return 0, since, false
	}
	return r.WarmupFrom + (rate-r.WarmupFrom)*float64(c.Step)/steps, 0, true
}

// Decay is how long a schedule lowers the learning rate.
type Decay struct {
	// For how many epochs the learning rate falls, behind the warm-up; not set, until
	// the training ends. After that it stays as it is. Keras' decay_steps, in epochs.
	DecayEpochs *float64 `yaml:"decay_epochs" validate:"omitempty,gt=0"`
}

// steps is how many steps it falls, behind a warm-up.
func (d *Decay) steps(r *Rise, c Clock) float64 {
	if d.DecayEpochs == nil {
		return float64(c.Total) - c.steps(r.Warmup)
	}
	return c.steps(*d.DecayEpochs)
}

// part is how much of a decay is over after some of its steps: 0 to 1.
func part(since, steps float64) float64 {
	if since >= steps {
		return 1
	}
	return since / steps
}

// between goes from one value to another as half a cosine does.
func between(from, to, part float64) float64 {
	return to + (from-to)/2*(1+math.Cos(math.Pi*part))
}
