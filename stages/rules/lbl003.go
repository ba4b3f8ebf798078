package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// LBL003 is reported by the load stage of rows that are declared one_hot, and of
// labels that are no rows. Where nothing is declared, it finds the few rows that are
// not like all others, in front of a softmax.
var LBL003 = &Rule{Code: lbl003, Training: func(c *pipeline.Check, t *Training) {
	h := headOf(t.Model)
	if !h.softmax() || h.constant() || t.Loss.Target() != loss.OneHot {
		return
	}
	if rows := NearlyOneHot(t.Dataset); rows != nil {
		c.Report(Malformed(t.Dataset.Labels.Source().Span, t.Dataset.Facts.Labels, rows).
			And(c.At("loss"), "this takes one class for each example").
			Suggest("mend the rows, or take these examples out").
			Suggest("if an example may have several classes, or none: label_kind: multi_hot, activation: sigmoid and binary_crossentropy"))
	}
}}

// NearlyOneHot are the rows of labels that are not zeros and a single 1, where nobody
// declared what the labels are and nine tenths of the rows are like that; nil where
// all are, or where many are not.
func NearlyOneHot(d *pipeline.Dataset) []int {
	const most = 0.1
	if d.Facts == nil || d.Facts.Labels == nil || d.Facts.Labels.Width < 2 || d.Labels.Kind != pipeline.MultiHot && d.Labels.Kind != pipeline.Real {
		return nil
	}
	rows := d.Facts.Labels.NotOneHot()
	if float64(len(rows)) > most*float64(d.Facts.Labels.Len()) {
		return nil
	}
	return rows
}

// Malformed is about rows that are not one-hot.
func Malformed(at diag.Span, labels *pipeline.LabelValues, rows []int) diag.Diagnostic {
	return diag.New(lbl003, at, fmt.Sprintf("%d of %d rows are not one-hot", len(rows), labels.Len())).
		Note("rows %s, counting from 0; row %d is %s", listed(len(rows), func(i int) string { return fmt.Sprint(rows[i]) }), rows[0], labels.Text(rows[0]))
}

// Unlisted is about labels of an array with an axis too many.
func Unlisted(at diag.Span, what, shape string) diag.Diagnostic {
	return diag.New(lbl003, at, fmt.Sprintf("%s holds %s", what, shape)).
		Note("labels are one number for each example [N], a row [N, K], or masks [N, depth, height, width]").
		Suggest("an axis of size 1 is left out with numpy's squeeze; labels of another shape belong to something else")
}

var lbl003 = &diag.Code{
	ID: "LBL003", Severity: diag.Error,
	Title: "rows of labels that are not one-hot",
	Means: "In a row that tells one class there is a single 1, in the column of the example's class, and zeros elsewhere. Some rows are not like that: of labels that were declared `one_hot`, or, in front of a softmax, a tenth of them at most. Or the labels have an axis too many. The message names them, counting from 0.",
	Why:   "A row without a 1 belongs to no class, one with several to more than one: a loss for exclusive classes would learn neither.",
	Ways:  []string{"mend the rows", "`label_kind: multi_hot`, if an example may have several classes or none", "labels of shape [N, 1, K]: `np.squeeze(labels, 1)`"},
}
