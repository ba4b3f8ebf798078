package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT012 finds an accuracy where a number is predicted.
var OUT012 = &Rule{Code: out012, Training: func(c *pipeline.Check, t *Training) {
	if t.Task.Kind != metric.Regression {
		return
	}
	for i, m := range t.Metrics {
		if _, is := m.(*metric.Accuracy); !is {
			continue
		}
		at := c.At("metrics", fmt.Sprint(i))
		d := diag.New(out012, at, "this counts predictions that are exactly equal to the label").
			And(c.At("loss"), "this compares numbers")
		if t.Dataset.Labels.Kind != pipeline.UnknownLabels {
			d = d.And(t.Dataset.Labels.At.Span, labelWords(t.Dataset.Labels))
		}
		c.Report(d.Note("two real numbers are hardly ever equal: it would read 0.0000 however good the model is").
			Suggest("use mean_absolute_error", replace(at, "mean_absolute_error")...))
	}
}}

var out012 = &diag.Code{
	ID: "OUT012", Severity: diag.Warning,
	Title: "an accuracy where numbers are predicted",
	Means: "Accuracy is the share of predictions equal to the label. The model predicts a real number.",
	Why:   "The loss falls while the accuracy stays at 0, and a good model looks like a broken one.",
	Ways:  []string{"`mean_absolute_error`, which has the unit of the label"},
	Fails: stages("load: {volumes: heads.npy, labels: ages.npy, shape: [40, 8, 8, 8, 1], dtype: float32, label_kind: real}",
		network("{dense: {units: 1}}"), "train: {optimizer: adam, loss: mean_squared_error, metrics: [accuracy], epochs: 20}"),
	Mended: stages("load: {volumes: heads.npy, labels: ages.npy, shape: [40, 8, 8, 8, 1], dtype: float32, label_kind: real}",
		network("{dense: {units: 1}}"), "train: {optimizer: adam, loss: mean_squared_error, metrics: [mean_absolute_error], epochs: 20}"),
}
