package optim

import (
	"slices"
	"strings"
)

// Common is what every optimizer can do beside its own rule. An optimizer embeds
// it.
type Common struct {
	// How strongly each step pulls every weight towards 0: it first takes away the
	// share learning_rate × weight_decay of it, and the optimizer's own rule follows.
	// That does not enter the gradient, as the penalty of a regularizer does, and
	// PyTorch's weight_decay in all optimizers but AdamW. 0 is none.
	WeightDecay float64 `yaml:"weight_decay" validate:"gte=0"`
	// The weights that weight_decay leaves alone: those whose name contains one of
	// these texts. Names are those of the saved weights, such as conv3d/kernel; with
	// [bias, gamma, beta] kernels alone decay.
	ExcludeFromWeightDecay []string `yaml:"exclude_from_weight_decay" validate:"dive,min=1"`
	// Whether an exponential moving average of every trained weight is kept, and
	// becomes the weight when training is done: what is saved, evaluated and exported
	// after the last epoch are the averages. The epochs before are measured with the
	// weights as they are, unless the callback swap_ema_weights is there. If
	// early_stopping restores the weights of an epoch, those have the last word. What
	// batch_norm has counted is not averaged.
	UseEMA bool `yaml:"use_ema"`
	// The share of the average that is kept in a step: average ← ema_momentum ×
	// average + (1 - ema_momentum) × weight. It starts at the weight after the first
	// step, and looks back on about 1 / (1 - ema_momentum) steps.
	EMAMomentum float64 `yaml:"ema_momentum" validate:"gte=0,lte=1"`
	// Each time so many steps have been made, the weights are overwritten with their
	// averages and training goes on from there. Not set, they are only overwritten at
	// the end.
	EMAOverwriteFrequency *int `yaml:"ema_overwrite_frequency" validate:"omitempty,min=1"`
	// How many batches make one step: the weights change along the mean of their
	// gradients, as they would with a batch that many times as large, in the memory of
	// a small one. Layers that look at a whole batch, such as batch_norm, still look
	// at the small ones. Counting goes on from one epoch to the next; batches that are
	// left over at the end change nothing. Averages and weight_decay count steps, so
	// that they act as with a large batch (Keras averages after every batch).
	GradientAccumulationSteps int `yaml:"gradient_accumulation_steps" validate:"min=1"`
}

// common makes Common part of what an Optimizer is.
func (c *Common) common() *Common { return c }

// plain are the settings that change nothing.
var plain = Common{EMAMomentum: 0.99, GradientAccumulationSteps: 1}

// decaying is plain with a weight decay.
func decaying(decay float64) Common {
	c := plain
	c.WeightDecay = decay
	return c
}

// slots are the arrays kept for each weight.
func (c *Common) slots() []string {
	var names []string
	if c.accumulates() {
		names = append(names, "gradient_sum")
	}
	if c.UseEMA {
		names = append(names, "average")
	}
	return names
}

// accumulates says whether a step takes the gradients of several batches. A
// number that was never set means one.
func (c *Common) accumulates() bool { return c.GradientAccumulationSteps > 1 }

// overwrites says whether the weights become their averages in an update, counted
// from 1.
func (c *Common) overwrites(update int) bool {
	return c.UseEMA && c.EMAOverwriteFrequency != nil && update%*c.EMAOverwriteFrequency == 0
}

// decays says whether the weight of a name decays.
func (c *Common) decays(name string) bool {
	return c.WeightDecay > 0 && !slices.ContainsFunc(c.ExcludeFromWeightDecay, func(text string) bool { return strings.Contains(name, text) })
}
