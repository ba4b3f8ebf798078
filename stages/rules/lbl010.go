package rules

import (
	"fmt"
	"math"
	"slices"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// LBL010 finds class ids that a file holds as real numbers: whole ones, or a few
// that come again and again. Ids that were scaled together with the volumes are
// PRE005's, other real numbers under a loss over classes OUT005's and OUT006's.
var LBL010 = &Rule{Code: lbl010, Training: func(c *pipeline.Check, t *Training) {
	values, ids := realIDs(t)
	if _, scaled := scaledIDs(values); !ids || scaled {
		return
	}
	d := realLabels(c, t, lbl010, values)
	if wholeNumbers(values) {
		c.Report(d.Suggest("say that they are classes: label_kind: class_id in load"))
		return
	}
	c.Report(d.Suggest("store whole numbers: the ids of the classes").
		Suggest("if the numbers themselves are to be predicted, use mean_squared_error"))
}}

// realLabels says that a loss over classes meets real numbers.
func realLabels(c *pipeline.Check, t *Training, code *diag.Code, values []float64) diag.Diagnostic {
	return diag.New(code, t.Dataset.Labels.Source().Span, "the labels are real numbers").
		And(c.At("loss"), "this chooses one of several classes").
		Note("%d labels have %s: %s", len(t.Dataset.Facts.Labels.Reals), many(len(values), "value"), firstNumbers(values))
}

// realIDs gives the distinct values of labels that are real numbers, where a loss
// over classes meets them and they look like ids of classes.
func realIDs(t *Training) ([]float64, bool) {
	d := t.Dataset
	if d.Labels.Kind != pipeline.Real || t.Loss.Target() != loss.ClassID && t.Loss.Target() != loss.OneHot ||
		d.Facts == nil || d.Facts.Labels == nil || d.Facts.Labels.Width > 1 || len(d.Facts.Labels.Reals) == 0 {
		return nil, false
	}
	return repeated(d.Facts.Labels.Reals)
}

// mostIDs is how many distinct values are still taken for classes.
const mostIDs = 256

// wholeNumbers says that all values are whole numbers, as near as float32 can tell.
func wholeNumbers(values []float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return math.Abs(v-math.Round(v)) > 1e-4 })
}

// IDsAsReals says that labels are real numbers of which a few, all whole, come again
// and again.
func IDsAsReals(d *pipeline.Dataset) bool {
	if d.Labels.Kind != pipeline.Real || d.Facts == nil || d.Facts.Labels == nil || d.Facts.Labels.Width > 1 {
		return false
	}
	values, few := repeated(d.Facts.Labels.Reals)
	return few && wholeNumbers(values)
}

// repeated gives the distinct values of numbers, and says whether they are finite,
// few, and come again and again.
func repeated(numbers []float64) ([]float64, bool) {
	values := slices.Compact(slices.Sorted(slices.Values(numbers)))
	few := len(values) > 0 && 2*len(values) <= len(numbers) && len(values) <= mostIDs
	return values, few && !slices.ContainsFunc(values, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
}

func timesEach(values []float64, by float64) []float64 {
	scaled := make([]float64, len(values))
	for i, v := range values {
		scaled[i] = v * by
	}
	return scaled
}

// firstNumbers lists numbers, the first ones if there are many.
func firstNumbers(values []float64) string {
	text := ""
	for i, v := range values {
		if i == longestList {
			return text + ", …"
		}
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%.4g", v)
	}
	return text
}

var lbl010 = &diag.Code{
	ID: "LBL010", Severity: diag.Error,
	Title: "real numbers as labels of classes",
	Means: "The loss chooses one of several classes, or `label_encode` is to number them, and the label file holds real numbers of which a few come again and again: ids of classes that were stored as floating point (0.0, 1.0, 2.0), or something else.",
	Why:   "An id of 0.5 belongs to no output, and other programs cut the fraction off. An error, since whether 1.0 is a class or a number has to be said before anything can be trained.",
	Ways: []string{
		"whole numbers: `label_kind: class_id` in load, or a label file of integers",
		"fractions: a label file with the ids of the classes",
		"a regression: `mean_squared_error` and a single unit without activation",
	},
}
