// Package train fits a network to examples, and measures and applies it. What
// it does, and in which order, is what Keras' fit, evaluate and predict do. The
// result is decided by the seed alone, whatever the number of threads.
package train

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/optim"
)

// Set is examples with their labels.
type Set struct {
	// X gives the network's inputs, Y the targets; both have the same examples.
	X, Y data.Source
	// Examples are the indexes in X that belong to the set, in its order.
	Examples []int
	// W gives how much each example of X counts in the loss, []; or each position of
	// it, which is the shape of the network's output without its last axis (a weight
	// for each voxel). Nil is all ones. Metrics are not weighted, as in Keras.
	W data.Source
}

// Settings say how to train.
type Settings struct {
	// Loss is what training lowers. Evaluate takes none, too, and then measures the
	// metrics only.
	Loss      loss.Loss
	Optimizer optim.Optimizer
	// Schedule is how the optimizer's learning rate goes; nil leaves it as it is.
	Schedule optim.Schedule
	// Metrics are measured beside the loss, as Task interprets them.
	Metrics   []metric.Metric
	Task      metric.Task
	Callbacks []Callback
	Epochs    int
	// ClassWeights, one for each class, multiply the loss of every position whose true
	// class it is; nil is all ones. As in Keras they are for training examples alone:
	// validation and Evaluate do not look at them.
	ClassWeights []float32
	// BatchSize is the number of examples in a step; 0 means DefaultBatchSize.
	BatchSize int
	// Shuffle puts the training examples in a new order for each epoch.
	Shuffle bool
	// DropLast leaves out a last training batch that is not full.
	DropLast bool
	// ClipNorm scales all gradients together so that the norm over all of them is
	// at most this (global_clipnorm in Keras); ClipNormEach scales those of each
	// weight by themselves (clipnorm); ClipValue limits each element to [-ClipValue,
	// ClipValue]. 0 is no limit. They act in this order.
	ClipNorm, ClipNormEach, ClipValue float64
	// Seed decides the order of examples and what layers draw.
	Seed uint64
	// Save is where checkpoints go: a file of that name in the run's record.
	Save func(name string, net *nn.Network[float32]) error
	// Files is where the other files of callbacks go.
	Files Files
}

// DefaultBatchSize is Keras'.
const DefaultBatchSize = 32

func (s *Settings) batchSize() int {
	if s.BatchSize < 1 {
		return DefaultBatchSize
	}
	return s.BatchSize
}

// target is how labels are written.
func (s *Settings) target() loss.Target {
	if s.Loss == nil {
		return s.Task.Target
	}
	return s.Loss.Target()
}

// resolved settings have the loss that is meant for the task.
func (s Settings) resolved() Settings {
	if s.Loss != nil {
		s.Loss = loss.In(s.Loss, s.Task.Form())
	}
	return s
}

// fits compares a set with the network it is meant for.
func (s *Set) fits(net *nn.Network[float32], target loss.Target) error {
	input, output := net.Graph.Input.MustSizes(), net.Graph.Output().MustSizes()
	units := output[len(output)-1]
	positions := data.Elements(output) / units
	want := positions * target.Width(units)
	switch {
	case !slices.Equal(s.X.Shape(), input):
		return fmt.Errorf("the examples have shape %v, the model takes %v", s.X.Shape(), input)
	case data.Elements(s.Y.Shape()) != want:
		return fmt.Errorf("the labels have shape %v, which is %d values for each example; the model's output %v needs %d (%s)",
			s.Y.Shape(), data.Elements(s.Y.Shape()), output, want, target)
	case s.X.Len() != s.Y.Len():
		return fmt.Errorf("there are %d examples and %d labels", s.X.Len(), s.Y.Len())
	case s.W == nil:
		return nil
	case s.X.Len() != s.W.Len():
		return fmt.Errorf("there are %d examples and %d weights", s.X.Len(), s.W.Len())
	}
	if weights := data.Elements(s.W.Shape()); weights != 1 && weights != positions {
		return fmt.Errorf("the weights have shape %v; want one for each example, or the %d positions of the model's output %v", s.W.Shape(), positions, output)
	}
	return nil
}

// weighs refuses class weights that no target tells apart.
func (s *Settings) weighs(net *nn.Network[float32]) error {
	if s.ClassWeights == nil {
		return nil
	}
	output := net.Graph.Output().MustSizes()
	classes := max(output[len(output)-1], 2) // a single unit tells two
	switch {
	case s.Task.Kind == metric.Regression || s.Task.Kind == metric.MultiLabel:
		return fmt.Errorf("class weights need labels that name one class; this task is %s", s.Task.Kind)
	case len(s.ClassWeights) != classes:
		return fmt.Errorf("there are %d class weights for %d classes", len(s.ClassWeights), classes)
	}
	return nil
}
