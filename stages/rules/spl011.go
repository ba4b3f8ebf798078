package rules

import (
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// SPL011 finds partitions that were loaded with another mixture of classes.
var SPL011 = &Rule{Code: spl011, Dataset: func(c *pipeline.Check, d *pipeline.Dataset) {
	if c.Kind == "split" {
		return // SPL005
	}
	if w, found := drifted(c, d); found {
		c.Report(w.tell(spl011, d).
			Suggest("mix the partitions: load the examples as one dataset and split it with stratify: true").
			Suggest("or judge by balanced_accuracy, which does not move with the mixture"))
	}
}}

var spl011 = &diag.Code{
	ID: "SPL011", Severity: diag.Warning,
	Title: "partitions with different mixtures of classes",
	Means: "The partitions come from files of their own. The share of a class in one of them differs by more than 30 percentage points from that in the training partition.",
	Why:   "The model learns how frequent each class is; on another mixture its answers are shifted, and the accuracies of the two cannot be compared.",
	Ways: []string{
		"one dataset and `split: {stratify: true}`",
		"`balanced_accuracy` as a metric, and `class_weight: balanced` in `train`",
		"`allow: {SPL011: the test is as frequent as in the clinic}` where that is meant",
	},
}
