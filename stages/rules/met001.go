package rules

import (
	"fmt"
	"strings"

	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// MET001 compares each metric with what the model is trained to say. Accuracy
// on numbers is OUT012's.
var MET001 = &Rule{Code: met001, Training: func(c *pipeline.Check, t *Training) {
	if headOf(t.Model).constant() {
		return
	}
	CheckMetrics(c, t.Metrics, t.Task, pipeline.Origin{Span: c.At("loss")})
}}

// CheckMetrics reports the metrics of a stage that do not fit a task. The origin
// is where the task was decided.
func CheckMetrics(c *pipeline.Check, metrics []metric.Metric, task metric.Task, decided pipeline.Origin) {
	for i, m := range metrics {
		if _, accuracy := m.(*metric.Accuracy); m.Fits(task) || accuracy && task.Kind == metric.Regression {
			continue
		}
		label := fmt.Sprintf("this does not fit %s", taskWords(task))
		perVoxel := task
		if perVoxel.PerVoxel = true; m.Fits(perVoxel) {
			if task.Outputs == 0 {
				continue // it is not known yet what the model gives
			}
			label = "this compares regions of voxels; the model gives one answer for each example"
		}
		d := diag.New(met001, c.At("metrics", fmt.Sprint(i)), label).
			And(decided.Span, "decided here")
		if fitting := fittingMetrics(task); len(fitting) > 0 {
			d = d.Suggest("use one that fits: " + strings.Join(fitting, ", "))
		}
		c.Report(d)
	}
}

// fittingMetrics names the metrics that fit a task.
func fittingMetrics(task metric.Task) []string {
	var names []string
	for _, k := range metric.Table().Kinds() {
		if k.New().(metric.Metric).Fits(task) {
			names = append(names, k.Name)
		}
	}
	return names
}

func taskWords(t metric.Task) string {
	switch t.Kind {
	case metric.Binary:
		return "a yes-or-no answer"
	case metric.MultiLabel:
		return "tags that may apply together"
	case metric.Regression:
		return "a number to be predicted"
	}
	return fmt.Sprintf("a choice among %s", plural(t.Outputs, "class"))
}

var met001 = &diag.Code{
	ID: "MET001", Severity: diag.Error,
	Title: "a metric that does not fit the task",
	Means: "Each metric is made for some kind of answer: one class of several, yes or no, tags, a number. This one is made for another.",
	Why:   "It could not be computed, or would print a number that means nothing.",
	Ways:  []string{"use a metric that fits; the message names them"},
	Fails: stages("load: {volumes: heads.npy, labels: ages.npy, shape: [40, 8, 8, 8, 1], dtype: float32, label_kind: real}",
		network("{dense: {units: 1}}"), "train: {optimizer: adam, loss: mean_squared_error, metrics: [auc], epochs: 20}"),
	Mended: stages("load: {volumes: heads.npy, labels: ages.npy, shape: [40, 8, 8, 8, 1], dtype: float32, label_kind: real}",
		network("{dense: {units: 1}}"), "train: {optimizer: adam, loss: mean_squared_error, metrics: [mean_absolute_error], epochs: 20}"),
}
