package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/optim"
)

// Fit trains a network. Each epoch it goes through the training examples in
// batches, changing the weights after each one, then measures the validation
// set, if there is one, without changing anything. The loss of training is the
// running mean over the epoch, so of weights that were still changing; it
// includes the penalties of regularizers.
//
// The history has a row for each finished epoch, also beside an error: that of
// ctx, between two steps; of a source; of storing a checkpoint; or *Diverged.
// The network then has the weights it had at that moment. The pool and the
// observer may be nil.
func Fit(ctx context.Context, net *nn.Network[float32], training Set, validation *Set, s Settings, pool *nn.Pool, watch Observer) (*History, error) {
	f, err := newFitting(net, training, validation, s, pool, watch)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	f.watch.Begin(Plan{
		Epochs: s.Epochs, Steps: f.steps, BatchSize: s.batchSize(),
		Examples: f.examples, Validation: f.validationExamples(), Columns: f.history.Columns,
	})
	err = f.epochs(ctx)
	if err == nil {
		f.optimizer.Finish()
		for _, follower := range f.followers {
			follower.End(&f.course)
		}
	}
	f.history.Stopped, f.history.Restored = f.course.stopped, f.course.restored
	f.watch.End(Ending{
		Epochs: len(f.history.Rows), Stopped: f.history.Stopped, Restored: f.history.Restored,
		Err: err, Took: time.Since(began),
	})
	return f.history, err
}

// fitting is a training under way.
type fitting struct {
	Settings
	net        *nn.Network[float32]
	pass       nn.Pass[float32]
	training   *feed
	validation *feed
	examiner   *examiner
	optimizer  *optim.State[float32]
	watch      Observer
	followers  []Follower
	// swap is the callback that has averages measured; nil for none.
	swap    *SwapEMAWeights
	course  Course
	history *History

	// steps and examples are those of an epoch.
	steps, examples int
	order           []int
	running         []string
	values          []float64
	// before is the loss of the step before.
	before float64
	// good are the weights at the end of epoch goodEpoch.
	good      [][]float32
	goodEpoch int
}

func newFitting(net *nn.Network[float32], training Set, validation *Set, s Settings, pool *nn.Pool, watch Observer) (*fitting, error) {
	s = s.resolved()
	size := s.batchSize()
	f := &fitting{
		Settings: s, net: net, watch: watch, before: math.NaN(),
		steps: (len(training.Examples) + size - 1) / size, examples: len(training.Examples),
		history: &History{Columns: Columns(s, validation != nil)},
	}
	if s.DropLast {
		f.steps = f.examples / size
		f.examples = f.steps * size
	}
	if err := f.possible(training, validation); err != nil {
		return nil, err
	}
	if watch == nil {
		f.watch = unwatched{}
	}
	f.pass = nn.Pass[float32]{Seed: s.Seed, Pool: pool}
	f.examiner = newExaminer(net, &f.pass, &f.Settings)
	f.running = f.examiner.runningColumns()
	f.training = newFeed(net, training, size, s.target(), s.ClassWeights, pool)
	if validation != nil {
		f.validation = newFeed(net, *validation, size, s.target(), nil, pool)
	}
	f.optimizer = optim.New(s.Optimizer, net.Params())
	f.optimizer.Pool, f.optimizer.Clip = pool, s.Clip
	f.swap = swapping(s.Callbacks)
	for _, c := range s.Callbacks {
		f.followers = append(f.followers, c.Start())
	}
	f.course = Course{Net: net, Rate: f.optimizer.Rate, Save: s.Save, Files: s.Files}
	return f, nil
}

// possible refuses what can't be trained.
func (f *fitting) possible(training Set, validation *Set) error {
	n := len(training.Examples)
	switch {
	case n == 0:
		return errors.New("there are no examples to train on")
	case f.steps == 0:
		return fmt.Errorf("there is no step to train: %d examples do not fill one batch of %d, and drop_last leaves out the rest", n, f.batchSize())
	case validation != nil && len(validation.Examples) == 0:
		return errors.New("there are no examples to validate on")
	case swapping(f.Callbacks) != nil && !optim.Averages(f.Optimizer):
		return errors.New("swap_ema_weights needs an optimizer with use_ema, which keeps the averages")
	}
	if err := training.fits(f.net, f.target()); err != nil {
		return err
	}
	if err := f.weighs(f.net); err != nil {
		return err
	}
	if validation != nil {
		if err := validation.fits(f.net, f.target()); err != nil {
			return fmt.Errorf("validation: %w", err)
		}
	}
	return watchable(f.Callbacks, Measured(f.Settings, validation != nil))
}

func (f *fitting) validationExamples() int {
	if f.validation == nil {
		return 0
	}
	return len(f.validation.set.Examples)
}

// epochs trains until all epochs are done, a callback stops, or an error.
func (f *fitting) epochs(ctx context.Context) error {
	f.remember(0)
	for epoch := range f.Epochs {
		began := time.Now()
		f.course.Epoch = epoch + 1
		row, err := f.epoch(ctx, epoch, began)
		if err != nil {
			return err
		}
		if len(row) > 0 && finite(row[0]) {
			f.remember(epoch + 1)
		}
		f.history.Epochs = append(f.history.Epochs, epoch+1)
		f.history.Rows = append(f.history.Rows, row)
		f.watch.Epoch(EpochResult{Epoch: epoch + 1, Epochs: f.Epochs, Columns: f.history.Columns, Values: row, Took: time.Since(began)})
		err = f.averaged(f.swap != nil && f.swap.SwapOnEpoch, func() error { return f.follow(row) })
		if err != nil || f.course.stopped != "" {
			return err
		}
	}
	return nil
}

// follow gives the callbacks the row of an epoch, and the epoch if it is whole.
func (f *fitting) follow(row []float64) error {
	f.course.Columns, f.course.Values = f.history.Columns, row
	for _, follower := range f.followers {
		if recorder, is := follower.(Recorder); is {
			if err := recorder.Row(&f.course); err != nil {
				return err
			}
		}
	}
	if f.course.stopped != "" {
		return nil
	}
	for _, follower := range f.followers {
		if err := follower.Epoch(&f.course); err != nil {
			return err
		}
	}
	return nil
}

// errStopped ends an epoch that a callback stopped in the middle.
var errStopped = errors.New("stopped")

// epoch trains one epoch and validates it, and gives its row. An epoch that a
// callback stops is not validated: its row has NaN there.
func (f *fitting) epoch(ctx context.Context, epoch int, began time.Time) ([]float64, error) {
	f.order = append(f.order[:0], f.training.set.Examples...)
	if f.Shuffle {
		f.order = shuffled(f.order, f.training.set.Examples, f.Seed, epoch)
	}
	f.examiner.reset()
	err := f.training.each(ctx, f.order[:f.examples], func(step int, b *batch) error {
		f.pass.Step = uint64(epoch)*uint64(f.steps) + uint64(step)
		if err := f.step(step, b); err != nil {
			return err
		}
		f.watch.Step(Progress{
			Epoch: epoch + 1, Epochs: f.Epochs, Step: step + 1, Steps: f.steps,
			Columns: f.running, Values: f.values, Took: time.Since(began),
		})
		if f.course.stopped != "" {
			return errStopped
		}
		return nil
	})
	if err != nil && err != errStopped {
		return nil, err
	}
	return f.row(ctx, err == errStopped)
}

// row is what the epoch adds to the history, the validation included.
func (f *fitting) row(ctx context.Context, stopped bool) ([]float64, error) {
	row := f.examiner.values(make([]float64, 0, len(f.history.Columns)), true)
	switch {
	case f.validation == nil:
	case stopped:
		for range len(row) {
			row = append(row, math.NaN())
		}
	default:
		f.pass.Training = false
		if err := f.averaged(f.swap != nil, func() error { return f.examiner.examine(ctx, f.validation) }); err != nil {
			return nil, err
		}
		row = f.examiner.values(row, true)
	}
	if len(row) < len(f.history.Columns) {
		row = append(row, f.optimizer.Rate)
	}
	return row, nil
}

// rate is the learning rate of a step of the epoch.
func (f *fitting) rate(step int) float64 {
	if f.Schedule != nil {
		f.course.Rate = f.Schedule.At(f.Optimizer.Rate(), optim.Clock{
			Step: (f.course.Epoch-1)*f.steps + step, PerEpoch: f.steps, Total: f.Epochs * f.steps,
		})
	}
	return f.course.Rate
}

// step trains on one batch. The weights are left alone if its loss is not
// finite: no callback could mend them.
func (f *fitting) step(step int, b *batch) error {
	f.pass.Training = true
	f.net.ClearGrads()
	loss, dy := f.examiner.run(b, true)
	usable := finite(loss)
	if usable {
		f.net.Backward(&f.pass, dy, f.examiner.nodes)
	}
	loss += f.net.Penalty()
	f.examiner.count(loss, b.x.Batch())
	if usable = finite(loss); usable {
		f.optimizer.Rate = f.rate(step)
		f.optimizer.Step()
	}
	f.values = f.examiner.values(f.values[:0], false)
	f.course.Step, f.course.Columns, f.course.Values = step+1, f.running, f.values
	if !usable {
		f.course.Origin = OriginOf(f.net, f.pass, b.x)
		f.course.Origin.Samples = slices.Clone(f.order[step*f.batchSize():][:b.x.Batch()])
		f.recall(f.course.Origin)
	}
	for _, follower := range f.followers {
		follower.Step(&f.course, loss)
	}
	if !usable {
		diverged := &Diverged{Epoch: f.course.Epoch, Step: step + 1, Steps: f.steps, Loss: loss, Before: f.before, Origin: f.course.Origin}
		if f.course.stopped == "" {
			return diverged
		}
		f.history.Diverged = diverged
	}
	f.before = loss
	return nil
}
