package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT013 finds targets of a yes-or-no loss that are no probabilities. More
// classes than two, counted from 0, are OUT001's unless they are a few among zeros and
// ones; masks are LBL001's.
var OUT013 = &Rule{Code: out013, Training: func(c *pipeline.Check, t *Training) {
	numbers := labelNumbers(t.Dataset)
	if t.Loss.Target() != loss.Binary || len(numbers) == 0 || headOf(t.Model).constant() {
		return
	}
	if classes, _, known := classesOf(t.Dataset); known && t.Dataset.Labels.Kind == pipeline.ClassID && classes > 2 && !strayed(t.Dataset) {
		return
	}
	low, high, _, _ := spread(numbers)
	if low >= 0 && high <= 1 {
		return
	}
	outside := 0
	for _, v := range numbers {
		if v < 0 || v > 1 {
			outside++
		}
	}
	d := diag.New(out013, t.Dataset.Labels.Source().Span, fmt.Sprintf("the labels are %.4g to %.4g", low, high)).
		And(c.At("loss"), "this takes 0 for no, 1 for yes, or a probability between them").
		Note("%d of %d are outside 0 to 1", outside, len(numbers))
	switch {
	case t.Dataset.Labels.Kind == pipeline.ClassID && low == 1 && high == 2:
		d = d.Suggest("count the classes from 0: label_encode: {form: class_id, map: {1: 0, 2: 1}}")
	case t.Dataset.Labels.Kind == pipeline.ClassID && low == -1 && high == 1:
		d = d.Suggest("if -1 is no: label_encode: {form: class_id, map: {-1: 0, 1: 1}}").
			Suggest("if -1 is missing: take these examples out")
	default:
		d = d.Suggest("mend the labels: -1 and 255 often say that a label is missing, 255 also stands for yes in images")
	}
	c.Report(d)
}}

// strayed says that nearly all ids are 0 or 1, and that some are not.
func strayed(d *pipeline.Dataset) bool {
	const most = 0.1
	if d.Labels.Kind != pipeline.ClassID || d.Labels.Encoded || d.Facts == nil || d.Facts.Labels == nil {
		return false
	}
	stray := 0
	for _, id := range d.Facts.Labels.Ints {
		if id != 0 && id != 1 {
			stray++
		}
	}
	return stray > 0 && float64(stray) <= most*float64(len(d.Facts.Labels.Ints))
}

var out013 = &diag.Code{
	ID: "OUT013", Severity: diag.Error,
	Title: "labels of a yes-or-no loss outside 0 to 1",
	Means: "`binary_crossentropy` and its kin compare probabilities. Some labels are below 0 or above 1: -1, 2 or 255.",
	Why:   "For a label outside 0 to 1 the loss has no lower bound: it falls below 0 and on without end, and the weights grow with it.",
	Ways: []string{
		"two classes called 1 and 2: `label_encode: {form: class_id, map: {1: 0, 2: 1}}`",
		"take examples without a label out",
		"numbers that are no probabilities: a regression loss and no activation at the end",
	},
}
