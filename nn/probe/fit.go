package probe

import (
	"math"

	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/tensor"
	"github.com/voxelpipe/pipe/nn/train"
)

// Fit is a trial to learn a few examples by heart: steps on the same batch.
type Fit struct {
	// Rate is the learning rate, Optimizer what changed the weights, Own that it is
	// that of the settings. Examples is the size of the batch.
	Rate      float64
	Optimizer optim.Optimizer
	Own       bool
	Examples  int
	// Steps were made of Most that there would have been.
	Steps, Most int
	// Losses are those in front of the steps, without penalties, and Last that behind
	// them. Prior is that of the best answer that does not look at the examples.
	Losses      []float64
	Last, Prior float64
	// Accuracy is the share of right answers behind the last step; NaN for numbers.
	Accuracy float64
	// Done says that the examples were learnt.
	Done bool
	// Diverged says that the loss stopped being finite.
	Diverged bool

	trial *trial
	batch *train.Batch
}

// Whole says that the batch had every step it needs for a judgement.
func (f *Fit) Whole() bool { return f.Most == fitSteps && f.Examples >= fitLeast }

// First is the loss before the first step; NaN if that was not finite.
func (f *Fit) First() float64 {
	if len(f.Losses) == 0 {
		return math.NaN()
	}
	return f.Losses[0]
}

// Lowest is the least loss of the steps and behind them.
func (f *Fit) Lowest() float64 {
	lowest := f.Last
	for _, v := range f.Losses {
		if !(v >= lowest) {
			lowest = v
		}
	}
	return lowest
}

// Moved says that a good part of the loss went away, so that more steps could do
// the rest.
func (f *Fit) Moved() bool {
	const part = 0.3
	return !f.Diverged && f.Lowest() < (1-part)*min(f.First(), f.Prior)
}

// Falling is by how much a step lowered the loss towards the end: its mean over the
// last third of the steps beside that over the third before, so that neither a fast
// beginning nor a single step counts. It is 0 unless the two are further apart than
// three times what they scatter, as the losses of steps with dropout do.
func (f *Fit) Falling() float64 {
	n := len(f.Losses)
	third := n / 3
	if third < 2 || f.Diverged {
		return 0
	}
	before, wide := moments(f.Losses[n-2*third : n-third])
	behind, narrow := moments(f.Losses[n-third:])
	if before-behind <= 3*math.Sqrt((wide+narrow)/float64(third)) {
		return 0
	}
	return (before - behind) / float64(third)
}

// moments are the mean and the variance of some losses.
func moments(losses []float64) (mean, variance float64) {
	for _, v := range losses {
		mean += v / float64(len(losses))
	}
	for _, v := range losses {
		variance += (v - mean) * (v - mean) / float64(len(losses))
	}
	return mean, variance
}

// Each is learnt if so many answers are right, or where answers are numbers or
// many, if this much of the prior's loss is left.
const (
	learnt   = 0.95
	leftOver = 0.2
)

func (w *workshop) fit(found *Found) error {
	b, steps, err := w.affordableFit()
	if err != nil {
		return err
	}
	if b == nil {
		w.leave("no examples were learnt by heart")
		return nil
	}
	if steps < fitSteps {
		w.leave("a few examples were given few steps to be learnt by heart")
	}
	attempts := w.attempts(found.Sweep, steps == fitSteps)
	if found.Few.Hopeless {
		attempts = attempts[:1]
		steps = min(steps, fitSteps/5)
	}
	for _, o := range attempts {
		f, err := w.heart(b, o, steps)
		if err != nil {
			return err
		}
		found.Fits = append(found.Fits, *f)
		if f.Done && !(len(found.Fits) == 1 && steps == fitSteps && f.Late(w.planned())) {
			break
		}
	}
	return nil
}

// planned is how many steps the training makes.
func (w *workshop) planned() int {
	n, batch := len(w.Training.Examples), max(1, w.Settings.BatchSize)
	return w.Settings.Epochs * ((n + batch - 1) / batch)
}

// Late says that the trial learnt, but only behind so many steps, of which the
// training makes fewer than half; and that by then hardly any of the loss had gone.
func (f *Fit) Late(planned int) bool {
	const hardly = 0.95
	return f.Done && planned > 0 && 2*planned < f.Steps && planned < len(f.Losses) && f.Losses[planned] > hardly*min(f.First(), f.Prior)
}

// attempt is an optimizer with a learning rate.
type attempt struct {
	optim.Optimizer
	rate float64
	own  bool
}

// attempts are what a batch is learnt by heart with, one after the other until one
// of them does: the settings; their optimizer with other learning rates; adam, which
// finds the length of its steps by itself. The steepest fall was seen with a rate
// that rose: to go on learning with it is often too much.
func (w *workshop) attempts(s *Sweep, all bool) []attempt {
	own := w.Settings.Optimizer
	list := []attempt{{own, own.Rate(), true}}
	if s != nil && s.Steepest > 0 {
		if rate := s.Steepest / 3; rate > 2*own.Rate() || own.Rate() > 2*rate {
			list = append(list, attempt{own, rate, true})
		}
		if all {
			list = append(list, attempt{own, s.Low, true})
		}
	}
	adam, _ := optim.Table().New("adam")
	usual := adam.(optim.Optimizer)
	list = append(list, attempt{usual, usual.Rate(), false})
	if all {
		list = append(list, attempt{usual, 10 * usual.Rate(), false})
	}
	return list
}

// affordableFit gives the examples, and the steps that can be made with them.
func (w *workshop) affordableFit() (*train.Batch, int, error) {
	for _, steps := range []int{fitSteps, fitSteps / 2, fitSteps / 5, fitSteps / 10} {
		if steps > fitSteps/5 && w.task.Positions > 1 {
			continue // each of them has many answers
		}
		if b, err := w.fitting(steps, fitBudget); b != nil || err != nil {
			return b, steps, err
		}
	}
	return nil, 0, nil
}

// heart learns a batch by heart.
func (w *workshop) heart(b *train.Batch, with attempt, steps int) (*Fit, error) {
	t := w.trial(false)
	t.uses(with.Optimizer)
	f := &Fit{Rate: with.rate, Optimizer: with.Optimizer, Own: with.own, Examples: b.X.Batch(), Most: steps, Accuracy: math.NaN(), trial: t, batch: b}
	_, f.Prior = w.expected(b)
	for f.Steps < steps && !f.Done {
		value, y := t.step(b, with.rate)
		if err := w.ctx.Err(); err != nil {
			return nil, err
		}
		if !finite(value) {
			f.Diverged, f.Last = true, math.NaN()
			return f, nil
		}
		f.Steps++
		f.Losses = append(f.Losses, value)
		f.Accuracy, f.Last = t.right(y, b), value
		f.Done = w.learnt(f)
		if !f.Done && f.Steps%20 == 0 {
			f.Last, y = t.measure(b, false) // dropout is hard to learn by heart with
			f.Accuracy = max(f.Accuracy, t.right(y, b))
			f.Done = w.learnt(f)
		}
	}
	f.Last = f.Lowest()
	return f, nil
}

// learnt says whether a batch is known by heart.
func (w *workshop) learnt(f *Fit) bool {
	if w.classified() {
		return f.Accuracy >= learnt && !(f.Last > 0.9*f.Prior)
	}
	return f.Last <= leftOver*f.Prior
}

// blank learns zeros by heart as long as the examples were.
func (w *workshop) blank(found *Found) error {
	if len(found.Fits) == 0 {
		return nil
	}
	of := found.Fits[len(found.Fits)-1]
	if !of.Done {
		of = found.Fits[0]
	}
	if of.Diverged {
		return nil
	}
	b := *of.batch
	b.X = tensor.New[float32](b.X.Shape...)
	blank, err := w.heart(&b, attempt{of.Optimizer, of.Rate, of.Own}, min(of.Steps, fitSteps/3))
	found.Blank = blank
	return err
}
