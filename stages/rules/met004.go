package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// hollowElementwise is the share of zeros from which an accuracy over all values
// says little.
const hollowElementwise = 0.8

// MET004 finds an accuracy that counts every value of a row by itself, where nearly
// all of them are 0. A softmax in front of such a loss is OUT004's.
var MET004 = &Rule{Code: met004, Training: func(c *pipeline.Check, t *Training) {
	zeros, from, known := shareOfZeros(t)
	if !known || zeros < hollowElementwise || headOf(t.Model).softmax() {
		return
	}
	for i, m := range t.Metrics {
		if _, is := m.(*metric.Accuracy); !is {
			continue
		}
		d := diag.New(met004, c.At("metrics", fmt.Sprint(i)), fmt.Sprintf("this counts each of the %d values by itself", t.Task.Outputs)).
			And(t.Dataset.Labels.At.Span, labelWords(t.Dataset.Labels)).
			Note("%s: a model that says no to everything has an accuracy of %.3g", from, zeros)
		if t.Dataset.Labels.Kind == pipeline.OneHot {
			d = d.Suggest("for classes that exclude one another end the model in softmax, and use categorical_crossentropy: accuracy then counts whole rows")
		}
		c.Report(d.Suggest("for tags that may apply together measure f1 or auc as well, and read the accuracy beside that of saying no"))
	}
}}

// shareOfZeros is how much of the labels is 0, where each of their values is asked
// for by itself, and how that is known.
func shareOfZeros(t *Training) (share float64, from string, known bool) {
	k, labels := t.Task.Outputs, t.Dataset.Labels
	if t.Task.Kind != metric.MultiLabel || t.Task.PerVoxel || k < 2 {
		return 0, "", false
	}
	if labels.Kind == pipeline.OneHot {
		return 1 - 1/float64(k), fmt.Sprintf("each row has one 1 and %d zeros", k-1), true
	}
	if labels.Kind != pipeline.MultiHot || t.Dataset.Facts == nil || t.Dataset.Facts.Labels == nil || len(t.Dataset.Facts.Labels.Ints) == 0 {
		return 0, "", false
	}
	values := t.Dataset.Facts.Labels.Ints
	zeros := len(values) - int(sumOf(values))
	return float64(zeros) / float64(len(values)), fmt.Sprintf("%d of the %d values of the labels are 0", zeros, len(values)), true
}

var met004 = &diag.Code{
	ID: "MET004", Severity: diag.Warning,
	Title: "an accuracy that saying no to everything nearly reaches",
	Means: "The model is asked yes or no about each of several classes or tags, so `accuracy` counts every value of a row by itself. At least 80 % of the labels are 0.",
	Why:   "With one 1 among K values, saying no to all of them is right in a share of 1 - 1/K: 0.95 with 20 classes. An accuracy of 0.95 then means that nothing was learnt.",
	Ways: []string{
		"classes that exclude one another: `softmax` and `categorical_crossentropy`, whose accuracy counts whole rows",
		"tags that may apply together: `f1` or `auc` beside the accuracy",
	},
	Fails: stages("phantom: {samples: 40, size: [8, 8, 8], classes: 5}\n  - reshape: {expand_dims: -1}", "label_encode: {classes: 5}", network("{dense: {units: 5, activation: sigmoid}}"),
		"train: {optimizer: adam, loss: binary_crossentropy, metrics: [accuracy], epochs: 20}"),
	Mended: stages("phantom: {samples: 40, size: [8, 8, 8], classes: 5}\n  - reshape: {expand_dims: -1}", "label_encode: {classes: 5}", network("{dense: {units: 5, activation: softmax}}"),
		"train: {optimizer: adam, loss: categorical_crossentropy, metrics: [accuracy], epochs: 20}"),
}
