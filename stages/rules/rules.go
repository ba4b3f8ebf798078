// Package rules is what pipe knows of configs that cannot be right, or usually
// are not: one rule in each file, with its page, its check and its test.
//
// A rule looks at types, at what a scan of the voxels found, or at what a training
// printed; it reads no file itself. It reports at the place where
// the change most likely belongs, with the places where the facts were decided
// beside it, and stays quiet on whatever is not known yet: a rule that might be
// wrong does not speak.
package rules

import (
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Rule is one entry of the catalogue. A rule without any check is reported by
// the stage that meets the problem.
type Rule struct {
	// Code is the permanent name, and the page.
	Code *diag.Code
	// Dataset looks at the dataset that a stage gives.
	Dataset func(c *pipeline.Check, d *pipeline.Dataset)
	// Network looks at a model whose layers all took their inputs.
	Network func(c *pipeline.Check, m *pipeline.Model)
	// Training looks at what meets in a train stage.
	Training func(c *pipeline.Check, t *Training)
	// Voxels looks at what was found in the voxels of a dataset.
	Voxels func(s pipeline.Site, v *Scan)
	// Steps looks at what the first steps of a training showed.
	Steps func(s pipeline.Site, p *Probes)
	// Log looks at the epochs of a training so far.
	Log func(s pipeline.Site, l *Log)
}

// Training is what meets where a model is trained.
type Training struct {
	Dataset   *pipeline.Dataset
	Model     *pipeline.Model
	Loss      loss.Loss
	Metrics   []metric.Metric
	Callbacks []train.Callback
	// Task is what the model is asked: see TaskOf.
	Task metric.Task
	// Columns are those of the history that are measured.
	Columns   []string
	Optimizer optim.Optimizer
	// Schedule is nil for a learning rate that stays.
	Schedule  optim.Schedule
	Epochs    int
	BatchSize int
	DropLast  bool
	// Clips are the thresholds of gradient_clip that are set.
	Clips []Clip
	// ClassWeights are those that are written, by class; nil for none and balanced.
	ClassWeights map[string]float64
}

// Clip is a threshold of gradient_clip.
type Clip struct {
	Setting string
	At      float64
}

// CheckDataset asks every rule on datasets.
func CheckDataset(c *pipeline.Check, d *pipeline.Dataset) {
	for _, r := range all {
		if r.Dataset != nil {
			r.Dataset(c, d)
		}
	}
}

// CheckNetwork asks every rule on models.
func CheckNetwork(c *pipeline.Check, m *pipeline.Model) {
	for _, r := range all {
		if r.Network != nil {
			r.Network(c, m)
		}
	}
}

// CheckTraining asks every rule on what meets in a train stage.
func CheckTraining(c *pipeline.Check, t *Training) {
	t = t.tellingClasses()
	for _, r := range all {
		if r.Training != nil {
			r.Training(c, t)
		}
	}
}

// CheckOutput asks only the rules that compare the output with the labels: what
// has to be right wherever the two meet, trained or not.
func CheckOutput(c *pipeline.Check, t *Training) {
	t = t.tellingClasses()
	for _, r := range []*Rule{SHP009, OUT001, OUT005, OUT006, OUT017} {
		r.Training(c, t)
	}
}
