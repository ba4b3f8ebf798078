package rules

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// LBL015 remarks on classes whose names are steps of a scale.
var LBL015 = &Rule{Code: lbl015, Training: func(c *pipeline.Check, t *Training) {
	names := t.Dataset.Labels.Names
	if t.Task.Kind != metric.MultiClass || t.Task.PerVoxel || !ordinal(names) {
		return
	}
	c.Report(diag.New(lbl015, t.Dataset.Labels.ClassesAt.Span, "these classes are steps of a scale: "+listed(len(names), func(i int) string { return names[i] })).
		And(c.At("loss"), "this takes every confusion for equally wrong").
		Suggest("predict the step as a number: label_kind: real, one unit without activation, and mean_squared_error").
		Suggest("or keep the classes, and look at how far beside the truth the confusion_matrix is"))
}}

// ordinal says whether names are steps of one scale, in whatever order: 1 to 5, grade I
// to IV, none to severe.
func ordinal(names []string) bool {
	const fewest = 3
	if len(names) < fewest {
		return false
	}
	lower := make([]string, len(names))
	for i, name := range names {
		lower[i] = strings.ToLower(strings.TrimSpace(name))
	}
	if counts(lower, "", 1) { // digits that are read count from 0
		return true
	}
	if prefix := stepWord.FindString(lower[0]); prefix != "" && (counts(lower, prefix, 0) || counts(lower, prefix, 1)) {
		return true
	}
	return slices.ContainsFunc(scales, func(scale []string) bool {
		var at []int
		for _, name := range lower {
			at = append(at, slices.IndexFunc(scale, func(step string) bool { return slices.Contains(strings.Split(step, "|"), name) }))
		}
		slices.Sort(at)
		return at[0] >= 0 && len(slices.Compact(at)) == len(names)
	})
}

// stepWord begins the name of a step.
var stepWord = regexp.MustCompile(`^(grade|stage|score|level|step|cdr|bi-?rads|pi-?rads|li-?rads|kl)[ _-]*`)

// scales are words for steps; those behind a bar mean the same.
var scales = [][]string{
	{"none|no|normal|healthy|absent", "minimal|very mild", "mild|slight", "moderate", "severe", "very severe|extreme"},
	{"very low", "low", "medium|moderate|middle|intermediate", "high", "very high"},
	{"tiny", "small", "medium", "large", "huge"},
	{"never", "rarely", "sometimes", "often", "always"},
	{"poor", "fair", "good", "very good", "excellent"},
}

// counts says whether the names are a prefix with the numbers from a first one on, as
// digits or, up to five, as Roman numerals.
func counts(names []string, prefix string, first int) bool {
	var found []int
	for _, name := range names {
		rest, begins := strings.CutPrefix(name, prefix)
		step, err := strconv.Atoi(rest)
		if roman := slices.Index([]string{"i", "ii", "iii", "iv", "v"}, rest); roman >= 0 {
			step, err = roman+1, nil
		}
		if !begins || err != nil {
			return false
		}
		found = append(found, step)
	}
	slices.Sort(found)
	for i, step := range found {
		if step != first+i {
			return false
		}
	}
	return true
}

var lbl015 = &diag.Code{
	ID: "LBL015", Severity: diag.Info,
	Title: "an ordinal scale taken for classes",
	Means: "The classes, three or more, are named by the steps of a scale: 1 to 5, grade I to IV, none, mild, severe. Shown with `--info`.",
	Why:   "The loss knows no order: to take 5 for 4 is as wrong as to take it for 1, and the network has to find out by itself that neighbours are alike.",
	Ways: []string{
		"a regression on the step: `label_kind: real`, one unit without activation, `mean_squared_error`",
		"nothing has to be done where steps are far apart or many examples show each",
	},
	Fails: stages("phantom: {samples: 40, size: [8, 8, 8], classes: 3}\n  - reshape: {expand_dims: -1}", "label_encode: {classes: [mild, moderate, severe], form: class_id}", network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages("phantom: {samples: 40, size: [8, 8, 8], classes: 3}\n  - reshape: {expand_dims: -1}", "label_encode: {classes: [cyst, tumour, abscess], form: class_id}", network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
