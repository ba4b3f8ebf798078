package main

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/optim"
)

// rateRecord is the learning rate of a planned training as programs read it.
type rateRecord struct {
	// Schedule is how it goes; null if it stays.
	Schedule *string `json:"schedule"`
	// First, Highest and Last are over all steps; the same number without a schedule,
	// and null while the number of steps is not known.
	First   *float64 `json:"first"`
	Highest *float64 `json:"highest"`
	Last    *float64 `json:"last"`
}

// optimizer is its name.
func (t training) optimizer() string {
	name, _ := optim.Table().NameOf(t.settings.Optimizer)
	return name
}

func (t training) rateRecord() rateRecord {
	var r rateRecord
	if t.settings.Schedule != nil {
		name, _ := optim.Schedules().NameOf(t.settings.Schedule)
		r.Schedule = &name
	}
	if first, highest, last, known := t.rateRange(); known {
		r.First, r.Highest, r.Last = &first, &highest, &last
	}
	return r
}

// rateRange follows the learning rate through all steps; false while their
// number is not known.
func (t training) rateRange() (first, highest, last float64, known bool) {
	rate := t.settings.Optimizer.Rate()
	if t.settings.Schedule == nil {
		return rate, rate, rate, true
	}
	steps, known := t.steps().Known()
	if !known || steps < 1 || t.settings.Epochs < 1 {
		return 0, 0, 0, false
	}
	clock := optim.Clock{PerEpoch: steps, Total: steps * t.settings.Epochs}
	first = t.settings.Schedule.At(rate, clock)
	for ; clock.Step < clock.Total; clock.Step++ {
		last = t.settings.Schedule.At(rate, clock)
		highest = max(highest, last)
	}
	return first, highest, last, true
}

// rates tells how the learning rate will go.
func (t training) rates() string {
	rate := t.settings.Optimizer.Rate()
	if t.settings.Schedule == nil {
		return fmt.Sprintf("%s with a learning rate of %g", t.optimizer(), rate)
	}
	name, _ := optim.Schedules().NameOf(t.settings.Schedule)
	first, highest, last, known := t.rateRange()
	if !known {
		return fmt.Sprintf("%s with a learning rate of %g, schedule %s", t.optimizer(), rate, name)
	}
	return fmt.Sprintf("%s with a learning rate of %.4g at first, %.4g at most, %.4g at last (schedule %s)", t.optimizer(), first, highest, last, name)
}
