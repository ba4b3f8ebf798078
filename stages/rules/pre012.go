package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// PRE012 is reported by label_encode.
var PRE012 = &Rule{Code: pre012}

// OneHotReals says that real numbers are one-hot rows, as Keras' to_categorical gives
// them.
func OneHotReals(d *pipeline.Dataset) bool {
	return d.Facts != nil && d.Facts.Labels != nil && d.Facts.Labels.Width > 1 && d.Facts.Labels.NotOneHot() == nil
}

// EncodedTwice says that labels already have the form that a stage would give
// them, or one that cannot be encoded again.
func EncodedTwice(n *pipeline.Node, l pipeline.Labels, form string) diag.Diagnostic {
	what := "class ids"
	rows := l.Kind == pipeline.OneHot || l.Kind == pipeline.Real || l.Rows
	if rows {
		what = "one-hot rows"
	}
	problem := diag.New(pre012, n.Item.KindSpan, "this encodes them again")
	if l.Encoded {
		problem = problem.And(l.At.Span, fmt.Sprintf("the labels are made %s here", what))
	} else {
		problem = problem.And(l.At.Span, fmt.Sprintf("the labels are %s as loaded", what))
	}
	if rows {
		if !l.Rows {
			problem = problem.Note("a row %s of every example would become a table", l.Shape.Batch())
		}
		if form == string(pipeline.ClassID) && l.Encoded {
			return problem.Suggest("write form: class_id in the first label_encode and remove this one")
		}
	}
	return problem.Suggest("remove this stage", n.Item.Without()...)
}

var pre012 = &diag.Code{
	ID: "PRE012", Severity: diag.Error,
	Title:  "labels are encoded twice",
	Means:  "The labels are one-hot rows already, from the file or from a `label_encode` further up, or class ids that a `label_encode` has made.",
	Why:    "Encoding one-hot rows once more makes a table of every row: its shape fits no output of a model.",
	Ways:   []string{"keep one `label_encode`", "remove it, if the file holds one-hot rows"},
	Fails:  stages("phantom", "label_encode: {form: one_hot}", "label_encode: {form: one_hot}"),
	Mended: stages("phantom", "label_encode: {form: one_hot}"),
}
