package train

import (
	"fmt"
	"math"
)

// TerminateOnNaN ends training, as if it were done, when the loss of a batch
// becomes NaN or infinite. The weights are those before that batch,
// or, if those are no numbers either, of the last epoch that ended well. The stages
// below still run. nan.json in the run's record says where it began, and which samples
// the batch had.
//
// Without it such a loss is an error: the run fails, and says in which step.
type TerminateOnNaN struct{}

// Monitor watches no column.
func (*TerminateOnNaN) Monitor() (column, mode string, ok bool) { return "", "", false }

// Start watches from the first step on.
func (n *TerminateOnNaN) Start() Follower { return n }

// Step ends training at a loss that is not finite.
func (*TerminateOnNaN) Step(c *Course, loss float64) {
	if !finite(loss) {
		c.Stop(fmt.Sprintf("the loss became %s in epoch %d, step %d, first %s", notFinite(loss), c.Epoch, c.Step, c.Origin))
	}
}

// Epoch does nothing.
func (*TerminateOnNaN) Epoch(*Course) error { return nil }

// End does nothing.
func (*TerminateOnNaN) End(*Course) {}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// notFinite names a number that is not finite.
func notFinite(v float64) string {
	if math.IsNaN(v) {
		return "NaN"
	}
	return "infinite"
}

// Diverged is the error of a training whose loss is no number any more.
type Diverged struct {
	// Epoch and Step say where, counted from 1; an epoch has Steps.
	Epoch, Step, Steps int
	// Loss is the batch's loss, Before that of the step before (NaN in the first).
	Loss, Before float64
	// Origin is where it began.
	Origin *Origin
}

func (d *Diverged) Error() string {
	before := ""
	if finite(d.Before) {
		before = fmt.Sprintf(" (%.4g in the step before)", d.Before)
	}
	return fmt.Sprintf("the loss became %s in epoch %d, step %d of %d%s, first %s", notFinite(d.Loss), d.Epoch, d.Step, d.Steps, before, d.Origin)
}
