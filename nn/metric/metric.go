// Package metric measures how well a network does, in numbers that people read.
// Names are those of Keras and scikit-learn; every metric is defined for every
// input: classes that never occur, ties, predictions that are all equal.
package metric

import (
	"github.com/voxelpipe/pipe/nn/loss"
)

// TaskKind is what a network is asked.
type TaskKind uint8

// The kinds of tasks.
const (
	// MultiClass: which one of K classes; a softmax over K units.
	MultiClass TaskKind = iota
	// Binary: yes or no; one sigmoid unit.
	Binary
	// MultiLabel: which of K tags, any number of them; K sigmoid units.
	MultiLabel
	// Regression: numbers.
	Regression
)

func (k TaskKind) String() string {
	return [...]string{"multi-class", "binary", "multi-label", "regression"}[k]
}

// Task is what outputs and targets mean. It decides which variant of a metric
// is meant.
type Task struct {
	Kind TaskKind
	// Outputs is the number of values at one position: the size of the outputs'
	// last axis.
	Outputs int
	// PerVoxel says that an example has a position for each voxel.
	PerVoxel bool
	// Positions is the number of positions of one example; 0 means 1.
	Positions int
	// Target is how targets are written.
	Target loss.Target
	// Logits says that the outputs are scores: they have not been through the
	// softmax or sigmoid.
	Logits bool
}

// Head is the activation that makes probabilities of scores.
func (t Task) Head() loss.Head {
	switch t.Kind {
	case MultiClass:
		return loss.Softmax
	case Binary, MultiLabel:
		return loss.Sigmoid
	}
	return loss.Linear
}

// Classes is how many classes a target names one of; 0 where it names none.
func (t Task) Classes() int {
	switch t.Kind {
	case MultiClass:
		return t.Outputs
	case Binary:
		return 2
	}
	return 0
}

// Form is how its answers are written.
func (t Task) Form() loss.Form { return loss.Form{Head: t.Head(), Target: t.Target} }

// Metric is a metric as written: its settings.
type Metric interface {
	// Fits says whether the metric makes sense for a task.
	Fits(Task) bool
	// Variant is the full name of what is measured for a task:
	// "categorical_accuracy" for the accuracy of a multi-class task.
	Variant(Task) string
	// Better says which way is better: "max" or "min", or "" for a metric that is
	// not a number.
	Better() string
	// Start makes the metric alive.
	Start(Task) Meter
}

// Meter is a metric at work: it is shown all examples of an epoch, some at a
// time.
type Meter interface {
	// Add shows some whole examples: y has Task.Outputs values for each of their
	// positions, t as many as the target has. It keeps neither. It never fails: NaN is wrong, and is never
	// counted as right.
	Add(y, t []float32)
	// Value is the metric over all that was added since the last Reset.
	Value() float64
	// Table is the metric as a table; nil for one that is a number.
	Table() *Matrix
	// Reset forgets what was added.
	Reset()
}

// ByClass is a Meter that is also measured for each class.
type ByClass interface {
	// ByClass gives a number for each class, or for each output that is a question of
	// its own; NaN for what is not measured.
	ByClass() []float64
}

// Deferred is a Meter whose Value takes long: it is asked for at the end of an
// epoch, not after each step.
type Deferred interface{ Deferred() }

// Matrix is counts of positions: a row for each true class, a column for each
// predicted one.
type Matrix struct {
	Counts [][]int
}

// Name is the name under which a metric is listed.
func Name(m Metric) string {
	name, listed := table.NameOf(m)
	if !listed {
		panic("metric: a metric that is not in the table has no name")
	}
	return name
}

// New makes a metric alive.
func New(m Metric, t Task) Meter { return m.Start(t) }

// Resolved is the full name of what a metric measures for a task.
func Resolved(m Metric, t Task) string { return m.Variant(t) }
