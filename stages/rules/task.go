package rules

import (
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/pipeline"
)

// TaskOf is what a model is asked, told from its loss, its output and the kind
// of the labels:
//
//   - a loss over classes asks which one of them it is;
//   - binary cross-entropy asks yes or no for one unit, and that about each of
//     several tags for more;
//   - a loss that goes with both asks what the end of the model says: see LossOf;
//   - a loss that compares numbers asks for a class where the labels are one-hot
//     rows, for yes or no where one sigmoid unit meets two class ids, and else for
//     numbers.
//
// It asks that of every voxel where the output has several places, or, while its
// shape is unknown, where the labels may be masks.
//
// Outputs is 0 while the size of the output is unknown.
func TaskOf(d *pipeline.Dataset, m *pipeline.Model, l loss.Loss) metric.Task {
	h := headOf(m)
	units, _ := h.width()
	l = LossOf(d, m, l)
	perVoxel := len(h.output) > 1 || h.output == nil && mayBeMasks(d.Labels)
	task := metric.Task{Outputs: units, PerVoxel: perVoxel, Target: l.Target(), Logits: l.FromLogits()}
	switch l.Target() {
	case loss.OneHot, loss.ClassID:
		task.Kind = metric.MultiClass
	case loss.Binary:
		task.Kind = metric.MultiLabel
		if units == 1 {
			task.Kind = metric.Binary
		}
	case loss.Real:
		classes, _, known := classesOf(d)
		switch {
		case rowed(d.Labels):
			task.Kind, task.Target = metric.MultiClass, loss.OneHot
		case oneID(d.Labels) && units == 1 && h.sigmoid() && known && classes == 2:
			task.Kind, task.Target = metric.Binary, loss.Binary
		default:
			task.Kind = metric.Regression
		}
	}
	return task
}

// LossOf is a loss with the meaning that the end of a model and the labels give
// it: behind a sigmoid it asks yes or no of each unit, else which one of the
// classes it is. Plain scores are a question of yes or no if there is a single
// one, or if the labels are tags that may apply together.
func LossOf(d *pipeline.Dataset, m *pipeline.Model, l loss.Loss) loss.Loss {
	h := headOf(m)
	units, known := h.width()
	asksEach := h.sigmoid() || !h.softmax() && (known && units == 1 || d.Labels.Kind == pipeline.MultiHot)
	switch {
	case asksEach:
		return loss.In(l, loss.Form{Head: loss.Sigmoid, Target: loss.Binary})
	case rowed(d.Labels), d.Labels.Kind == pipeline.MultiHot:
		return loss.In(l, loss.Form{Head: loss.Softmax, Target: loss.OneHot})
	}
	return loss.In(l, loss.Form{Head: loss.Softmax, Target: loss.ClassID})
}

// LossFor is the loss that fits a model's end and the kind of the labels, for a
// model of which only the weights are known.
func LossFor(d *pipeline.Dataset, m *pipeline.Model) loss.Loss {
	h := headOf(m)
	units, _ := h.width()
	classes := d.Labels.Kind != pipeline.Real && d.Labels.Kind != pipeline.NoLabels
	scores := !h.softmax() && !h.sigmoid()
	switch {
	case scores && !classes:
		return &loss.MeanSquaredError{}
	case h.sigmoid(), scores && units == 1, d.Labels.Kind == pipeline.MultiHot:
		return &loss.BinaryCrossentropy{Logits: scores}
	case rowed(d.Labels):
		return &loss.CategoricalCrossentropy{Logits: scores}
	}
	return &loss.SparseCategoricalCrossentropy{Logits: scores}
}
