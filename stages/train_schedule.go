package stages

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

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
