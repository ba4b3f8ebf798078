package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// LBL002 finds names that reach a training as they are. label_encode reports
// names that it was only given a number of classes for.
var LBL002 = &Rule{Code: lbl002, Training: func(c *pipeline.Check, t *Training) {
	if t.Dataset.Labels.Kind != pipeline.ClassNames {
		return
	}
	problem := diag.New(lbl002, t.Dataset.Labels.At.Span, "the labels are names").
		And(c.Item.KindSpan, "a model is trained on numbers")
	c.Report(withNames(problem, t.Dataset, "put label_encode: {classes: [%s]} below", "put a label_encode stage below"))
}}

// NamesWanted says that names cannot be numbered by a number of classes alone.
func NamesWanted(n *pipeline.Node, d *pipeline.Dataset) diag.Diagnostic {
	problem := diag.New(lbl002, n.At("classes"), "a number of classes does not say which name is which").
		And(d.Labels.At.Span, "the labels are names")
	return withNames(problem, d, "write classes: [%s]", "list the names, or remove classes: they are then found in the labels")
}

// withNames adds the names where the labels are at hand.
func withNames(problem diag.Diagnostic, d *pipeline.Dataset, listed, open string) diag.Diagnostic {
	if d.Facts == nil || d.Facts.Labels == nil || d.Facts.Labels.Texts == nil {
		return problem.Suggest(open)
	}
	names := slices.Compact(slices.Sorted(slices.Values(d.Facts.Labels.Texts)))
	if len(names) > longestList {
		return problem.Note("there are %d different ones: %s, …", len(names), strings.Join(names[:longestList], ", ")).Suggest(open)
	}
	text := strings.Join(names, ", ")
	return problem.Note("found are: %s", text).Suggest(fmt.Sprintf(listed, text))
}

var lbl002 = &diag.Code{
	ID: "LBL002", Severity: diag.Error,
	Title: "names as labels, and nothing that numbers them",
	Means: "The labels are text. Which name is class 0, which is class 1, … has to be said, by `label_encode` with the list of names (or without `classes`: then they are found and numbered in alphabetical order).",
	Why:   "A model has numbered outputs. A numbering that is made up anew for each file would call the same disease 1 in training and 0 in the test.",
	Ways: []string{
		"`label_encode: {classes: [healthy, tumour]}`",
		"`label_encode` alone, to take all names that occur in alphabetical order",
	},
}
