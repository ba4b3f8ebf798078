package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// measuredFrom is the least number of examples on which an accuracy says
// something: with 20, one error is 5 percentage points.
const measuredFrom = 20

// SPL007 finds a partition too small to measure an accuracy on. Phantoms are for
// trying out, and a voxel of a mask is an example of its own.
var SPL007 = &Rule{Code: spl007, Training: func(c *pipeline.Check, t *Training) {
	if t.Dataset.Modality == "phantom" || t.Task.Kind == metric.Regression || t.Task.PerVoxel || len(t.Metrics) == 0 {
		return
	}
	p, validated := t.Dataset.Partition(pipeline.Validation)
	n, known := p.Examples.Known()
	if !validated || !known || n == 0 || n >= measuredFrom {
		return
	}
	if split, found := c.Find(p.At.Stage); found && split.Given("folds") {
		// All folds together are measured on every example that is not kept for the test.
		if trained, known := trainingExamples(t.Dataset).Known(); known && trained+n >= measuredFrom {
			return
		}
	}
	c.Report(diag.New(spl007, p.At.Span, fmt.Sprintf("the validation partition has %s", plural(n, "example"))).
		And(c.At("metrics", "0"), "this is measured on it").
		Note("one error more or less is %.3g percentage points; 95 %% of the time the number is within ±%.0f of the truth, at an accuracy of a half", 100/float64(n), 98/math.Sqrt(float64(n))).
		Suggest("cross-validate: split: {folds: 5, fold: 0} measures on every example once, or give validation a larger share"))
}}

var spl007 = &diag.Code{
	ID: "SPL007", Severity: diag.Warning,
	Title: "a validation partition too small to measure on",
	Means: "An accuracy is measured on fewer than 20 examples. A phantom dataset, masks and numbers to be predicted are not meant; with folds those of all folds count.",
	Why:   "With 12 examples one error is 8.3 percentage points, and 95 % of the time the accuracy is within ±28 of the truth: which epoch or which model is better cannot be told.",
	Ways: []string{
		"`split: {folds: 5, fold: 0}`, then fold 1, 2, …: every example is validated on once",
		"a larger share for `validation`",
		"`allow: {SPL007: there are no more cases}` beside the stage",
	},
}
