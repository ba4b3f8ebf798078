package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// LBL014 is reported where ids are held against classes: by label_encode, and by
// LBL001 of ids that nothing encodes.
var LBL014 = &Rule{Code: lbl014}

// Missing says that all labels at the places outside, and none elsewhere, are
// negative numbers; false if any of them is not.
func Missing(at diag.Span, d *pipeline.Dataset, labels *pipeline.LabelValues, outside []int) (diag.Diagnostic, bool) {
	if labels.Ints == nil || labels.Width > 1 || len(outside) == 0 {
		return diag.Diagnostic{}, false
	}
	for _, i := range outside {
		if labels.Ints[i] >= 0 {
			return diag.Diagnostic{}, false
		}
	}
	said := fmt.Sprintf("%d labels are negative", len(outside))
	if len(outside) == 1 {
		said = "a label is negative"
	}
	problem := diag.New(lbl014, at, said)
	if at != d.Labels.Source().Span {
		problem = problem.And(d.Labels.Source().Span, "the labels come from here")
	}
	return problem.Note("they are: %s", Occurrences(labels, outside)).
		Note("a negative label often says that it is missing").
		Suggest("take these examples out of volumes and labels, or give every label its class with map in label_encode"), true
}

var lbl014 = &diag.Code{
	ID: "LBL014", Severity: diag.Error,
	Title: "negative class ids",
	Means: "Classes count from 0. Some labels are negative, all others are classes: tables often write -1 for a label that is missing.",
	Why:   "Read as an unsigned number, -1 is 255 or 65535; counted from the end, as Python does, it is the last class.",
	Ways: []string{
		"take the examples without a label out",
		"if -1 is a class: `label_encode: {map: {-1: 0, 1: 1}}`",
	},
}
