// Package probe looks at the first steps of a training before it is done: what
// the first loss is, what layers give, where gradients go, whether a few examples
// can be learnt at all and at which learning rate. Each look works on a copy of
// the network. What is found depends on the seed alone, not on the number of
// threads or on time: how much is done is decided by what a step costs.
package probe

import (
	"context"
	"errors"
	"math"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/train"
)

// Subject is a training that has not begun.
type Subject struct {
	// Net is the network that would be trained; it stays as it is.
	Net *nn.Network[float32]
	// Training are the examples.
	Training train.Set
	// Settings are those of the training.
	Settings train.Settings
	// Pool computes; nil computes on the caller.
	Pool *nn.Pool
}

// Found is what the first steps showed.
type Found struct {
	// First is the loss before the first step.
	First First
	// Few is what a few steps did, as the settings say.
	Few Few
	// Sweep are steps with a learning rate that rises; nil if they were left out.
	Sweep *Sweep
	// Fits are trials to learn a few examples by heart: with the settings and, where
	// that fails, with other learning rates and adam. Empty if they were left out.
	Fits []Fit
	// Blank is one of these trials with volumes of zeros in place of the
	// examples; nil if it was left out.
	Blank *Fit
	// Modes compares training with what follows it; nil where a network does the same
	// in both, or where nothing was learnt.
	Modes *Modes
	// Mixed is how far the output of an example moves when another one of the same
	// batch is changed, beside how far the changed one's moves.
	Mixed Mixed
	// Slopes compares gradients with differences; nil if it was left out.
	Slopes *Slopes
	// Shuffled compares labels with shuffled ones; nil if it was left out.
	Shuffled *Shuffled
	// Left says what was left out, and why.
	Left []string
}

// Run looks at a training.
func Run(ctx context.Context, s Subject) (*Found, error) {
	w, err := newWorkshop(ctx, s)
	if err != nil {
		return nil, err
	}
	found := &Found{}
	for _, look := range []func(*Found) error{w.few, w.sweep, w.fit, w.blank, w.modes, w.mixed, w.slopes, w.shuffled} {
		if err := look(found); err != nil {
			return nil, err
		}
	}
	found.Left = w.left
	return found, nil
}

// workshop is where looks are taken.
type workshop struct {
	Subject
	ctx  context.Context
	task metric.Task
	// cost is what one example costs on the way forward, in multiply-adds.
	cost float64
	// order are the training examples as they are drawn from, balanced the same with
	// the classes in turn.
	order, balanced []int
	// class is each example's, by its index in the set's source; nil where examples
	// have none.
	class map[int]int
	left  []string
}

func newWorkshop(ctx context.Context, s Subject) (*workshop, error) {
	if len(s.Training.Examples) == 0 {
		return nil, errors.New("there are no examples to train on")
	}
	output := s.Net.Graph.Output().MustSizes()
	w := &workshop{Subject: s, ctx: ctx, task: s.Settings.Task, cost: costOf(s.Net.Graph)}
	w.Settings.Loss = loss.In(s.Settings.Loss, s.Settings.Task.Form())
	w.Settings.ClassWeights = nil
	w.task.Positions = data.Elements(output[:len(output)-1])
	w.task.Logits = w.Settings.Loss.FromLogits()
	return w, w.draw()
}

// classified says that every example has one class.
func (w *workshop) classified() bool {
	return w.task.Positions == 1 && (w.task.Kind == metric.MultiClass || w.task.Kind == metric.Binary)
}

// finite says that a number is one.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
