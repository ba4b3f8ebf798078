package train

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/nn"
)

// EarlyStopping ends training when a watched number has stopped improving, so
// that no time is spent on learning the training data by heart.
//
// With `restore_best_weights` the model ends with the weights of its best epoch,
// also if training goes through to the end; else with those of the last one.
type EarlyStopping struct {
	Monitoring `yaml:",inline"`
	// MinDelta is by how much the number has to be better to count as an
	// improvement.
	MinDelta float64 `yaml:"min_delta" validate:"gte=0"`
	// Patience is how many epochs without improvement are allowed: training ends
	// after that many. 0 ends it after the first one.
	Patience int `yaml:"patience" validate:"gte=0"`
	// Baseline is a value that the number has to reach: epochs that do not improve on
	// it count as epochs without improvement.
	Baseline *float64 `yaml:"baseline"`
	// RestoreBestWeights gives the model the weights of its best epoch at the end.
	RestoreBestWeights bool `yaml:"restore_best_weights"`
	// StartFromEpoch is how many epochs pass before the number is watched.
	StartFromEpoch int `yaml:"start_from_epoch" validate:"gte=0"`
}

// Monitor is the number that is watched.
func (s *EarlyStopping) Monitor() (column, mode string, ok bool) { return s.Column, s.Mode, true }

// Start watches from the first epoch on.
func (s *EarlyStopping) Start() Follower {
	return &patience{EarlyStopping: s, best: s.worst()}
}

// patience is Keras' EarlyStopping at work, step for step.
type patience struct {
	*EarlyStopping
	waited    int
	best      float64
	bestEpoch int
	weights   [][]float32
}

func (p *patience) Step(*Course, float64) {}

func (p *patience) Epoch(c *Course) error {
	if c.Epoch <= p.StartFromEpoch {
		return nil
	}
	current := c.Value(p.Column)
	if p.bestEpoch == 0 {
		// Whatever the first value is, NaN included, there is none better yet.
		p.keep(c)
	}
	p.waited++
	if p.improved(current, p.best, p.MinDelta) {
		p.best = current
		p.keep(c)
		if p.Baseline == nil || p.improved(current, *p.Baseline, p.MinDelta) {
			p.waited = 0
		}
		return nil
	}
	if p.waited >= p.Patience && c.Epoch > 1 {
		c.Stop(p.reason())
	}
	return nil
}

func (p *patience) keep(c *Course) {
	p.bestEpoch = c.Epoch
	if p.RestoreBestWeights {
		p.weights = copyWeights(p.weights, c.Net)
	}
}

func (p *patience) reason() string {
	epochs := fmt.Sprintf("%d epochs", p.waited)
	if p.waited == 1 {
		epochs = "1 epoch"
	}
	switch {
	case math.IsInf(p.best, 0):
		return fmt.Sprintf("%s has not improved for %s", p.Column, epochs)
	case p.Baseline != nil && !p.improved(p.best, *p.Baseline, p.MinDelta):
		return fmt.Sprintf("%s has not reached its baseline of %g for %s (best: %.4g in epoch %d)", p.Column, *p.Baseline, epochs, p.best, p.bestEpoch)
	}
	return fmt.Sprintf("%s has not improved for %s (best: %.4g in epoch %d)", p.Column, epochs, p.best, p.bestEpoch)
}

func (p *patience) End(c *Course) {
	if p.weights == nil {
		return
	}
	for i, param := range c.Net.Params() {
		copy(param.Value, p.weights[i])
	}
	c.Restored(p.bestEpoch)
}

// copyWeights copies all weights of a network, into memory from the last time if
// there is some.
func copyWeights(into [][]float32, net *nn.Network[float32]) [][]float32 {
	if into == nil {
		into = make([][]float32, len(net.Params()))
	}
	for i, p := range net.Params() {
		into[i] = append(into[i][:0], p.Value...)
	}
	return into
}
