package stages

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// checkAverages refuses a callback that asks for averages where the optimizer
// keeps none.
func (s *Train) checkAverages(c *pipeline.Check) {
	if s.Optimizer == nil || optim.Averages(s.Optimizer) {
		return
	}
	for i, callback := range s.Callbacks {
		if _, swaps := callback.(*train.SwapEMAWeights); !swaps {
			continue
		}
		name, _ := optim.Table().NameOf(s.Optimizer)
		c.Report(diag.New(spec.YML007, c.At("optimizer"), "use_ema is missing").
			And(c.At("callbacks", fmt.Sprint(i)), "this measures the averages that use_ema keeps").
			Suggest(fmt.Sprintf("write optimizer: {%s: {use_ema: true}}, beside what else is set", name)))
	}
}

// checkSchedule refuses a schedule beside a callback that changes the learning
// rate too.
func (s *Train) checkSchedule(c *pipeline.Check) {
	if s.Schedule == nil {
		return
	}
	for i, callback := range s.Callbacks {
		if !train.Tunes(callback) {
			continue
		}
		name, _ := train.Callbacks().NameOf(callback)
		c.Report(diag.New(spec.YML008, c.At("callbacks", fmt.Sprint(i)), name+" and schedule both decide the learning rate").
			And(c.At("schedule"), "the schedule").
			Note("a schedule says what the learning rate of every step is: what %s makes of it would be gone one step later", name).
			Suggest("keep one of the two"))
	}
}
