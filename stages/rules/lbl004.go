package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// LBL004 is reported by label_encode, where it finds the classes in the labels,
// and by LBL001 of labels that nothing encodes.
var LBL004 = &Rule{Code: lbl004}

// Gaps says that the values found do not count from 0 without a gap; they are
// sorted.
func Gaps(n *pipeline.Node, d *pipeline.Dataset, values []int64) diag.Diagnostic {
	problem := diag.New(lbl004, n.Item.KindSpan, fmt.Sprintf("the labels are not 0 to %d", len(values)-1)).
		And(d.Labels.Source().Span, "the labels come from here")
	listed := values
	if len(listed) > longestList {
		listed = listed[:longestList]
	}
	text := ""
	for i, v := range listed {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprint(v)
	}
	if len(values) > len(listed) {
		text += ", …"
	}
	problem = problem.Note("%d values are found: %s", len(values), text)
	switch {
	case values[0] < 0:
		problem = problem.Note("a negative label often says that it is missing")
	case values[0] == 1 && values[len(values)-1] == int64(len(values)):
		problem = problem.Note("they start at 1; classes count from 0")
	}
	return problem.Suggest("give every label its class: " + ProposedMap(values)).
		Suggest(fmt.Sprintf("or write classes: %d if the missing ones are classes too", values[len(values)-1]+1))
}

var lbl004 = &diag.Code{
	ID: "LBL004", Severity: diag.Error,
	Title: "class ids with gaps",
	Means: "The classes are looked for in the labels: by `label_encode`, which was not told them, or by a model with as many outputs as there are values. Whole numbers then have to be 0, 1, 2, … without a gap. Here they start elsewhere or jump, like the ids of an atlas: 0, 29, 50.",
	Why:   "With ids 0, 29 and 50 a model would need 51 outputs, 48 of which are never right; with three outputs the ids 29 and 50 have none.",
	Ways: []string{
		"give every label its class: `map: {0: 0, 29: 1, 50: 2}`",
		"say how many classes there are: `classes: 51`, if the others do exist",
	},
}
