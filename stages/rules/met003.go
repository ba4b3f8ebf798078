package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// accuracyHollowAbove is the share of one class from which accuracy alone says
// little.
const accuracyHollowAbove = 0.9

// MET003 finds accuracy as the only metric where one class is nearly all there
// is.
var MET003 = &Rule{Code: met003, Training: func(c *pipeline.Check, t *Training) {
	for _, m := range t.Metrics {
		if _, accuracy := m.(*metric.Accuracy); !accuracy {
			return
		}
	}
	found, counts, ok := trainedOn(t.Dataset)
	if len(t.Metrics) == 0 || t.Task.Kind == metric.Regression || !ok || sum(counts) == 0 {
		return
	}
	_, largest := extremes(counts)
	share := float64(counts[largest]) / float64(sum(counts))
	if share <= accuracyHollowAbove || counts[largest] == sum(counts) {
		return
	}
	better := "balanced_accuracy"
	if found.masks != nil {
		better = "dice"
	}
	c.Report(diag.New(met003, c.At("metrics", "0"), fmt.Sprintf("an accuracy of %.4g is reached by always saying %s", share, found.Names[largest])).
		And(t.Dataset.Labels.At.Span, "the labels come from here").
		Note("the training has: %s", found.tell(counts)).
		Suggest("measure "+better+" as well", spec.Appending(c.Places.Node("metrics"), better)...))
}}

var met003 = &diag.Code{
	ID: "MET003", Severity: diag.Warning,
	Title: "accuracy alone, and one class is nearly all there is",
	Means: "More than 90 % of the training examples, or of the voxels of masks, are of one class, and accuracy is the only metric.",
	Why:   "A model that always names this class has that accuracy without having learnt anything, and a better one is hardly higher.",
	Ways: []string{
		"`metrics: [accuracy, balanced_accuracy]`: guessing has 1/K there",
		"for masks `dice` or `iou`",
	},
}
