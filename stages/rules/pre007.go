package rules

import (
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// PRE007 finds numbers that were learnt from all examples, where a later stage
// keeps some of them apart. A dataset that is never split is left alone.
var PRE007 = &Rule{Code: pre007, Dataset: func(c *pipeline.Check, d *pipeline.Dataset) {
	if len(d.Partitions) == 0 || d.Partitions[0].At.Stage != c.ID {
		return
	}
	var edits []diag.Edit // the same for all of them
	for _, step := range d.Steps {
		if step.LearntOn != pipeline.All {
			continue
		}
		if before, ok := c.Before(step.Stage); ok && edits == nil && c.Kind == "split" && len(c.Item.From) == 0 {
			edits = c.Item.MovedBelow(before.Item)
		}
		c.Report(diag.New(pre007, step.At.Span, "this learns from all examples").
			And(c.Item.KindSpan, "only here are they split").
			Note("what it learns from the examples for validation and test reaches the training").
			Suggest("move the split above it: it then learns from the training partition alone", edits...))
	}
}}

var pre007 = &diag.Code{
	ID: "PRE007", Severity: diag.Error,
	Title: "statistics are learnt before the split",
	Means: "A `normalize` over the dataset, or a `clip` to percentiles, stands above the `split`, so its numbers are taken from all examples: those for validation and test too.",
	Why:   "The test is to stand for data that nobody has seen. Numbers taken from it leak into the training, and what is measured is better than what new data will give.",
	Ways: []string{
		"move the `split` above it: it then learns from the training partition",
		"`over: example`: each example is normalized by itself and nothing is shared",
		"`method: rescale` with fixed numbers",
	},
	Fails:  stages("phantom", "normalize: {method: min_max}", "split: {train: 0.8, test: 0.2}"),
	Mended: stages("phantom", "split: {train: 0.8, test: 0.2}", "normalize: {method: min_max}"),
}
