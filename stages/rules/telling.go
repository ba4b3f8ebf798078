package rules

import (
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
)

// tellingClasses is the training as rules on classes look at it: rows of real numbers
// that are zeros and ones, under a loss over classes or on yes and no, are what
// whole numbers in their place would be, one-hot or several tags. Keras'
// to_categorical gives real numbers.
func (t *Training) tellingClasses() *Training {
	d := t.Dataset
	if d.Labels.Kind != pipeline.Real || t.Loss.Target() == loss.Real || d.Facts == nil || d.Facts.Labels == nil {
		return t
	}
	labels := d.Facts.Labels
	if labels.Width < 2 || len(labels.Reals) == 0 {
		return t
	}
	whole := &pipeline.LabelValues{Width: labels.Width, Ints: make([]int64, len(labels.Reals))}
	for i, v := range labels.Reals {
		if v != 0 && v != 1 {
			return t
		}
		whole.Ints[i] = int64(v)
	}
	seen, facts := d.Clone(), *d.Facts
	facts.Labels, seen.Facts, seen.Labels.Kind = whole, &facts, pipeline.MultiHot
	if whole.NotOneHot() == nil {
		seen.Labels.Kind = pipeline.OneHot
	}
	same := *t
	same.Dataset = seen
	return &same
}
