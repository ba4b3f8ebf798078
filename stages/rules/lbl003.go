package rules

import (
	"fmt"
	"math"
	"slices"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// LBL003 is reported by the load stage of rows that are declared one_hot, and of
// labels that are no rows. Where nothing is declared, it finds the few rows that are
// not like all others, and rows that tell no class, in front of a softmax.
var LBL003 = &Rule{Code: lbl003, Training: func(c *pipeline.Check, t *Training) {
	h := headOf(t.Model)
	if !h.softmax() || h.constant() || t.Loss.Target() != loss.OneHot {
		return
	}
	if rows := rowsOfNoClass(t.Dataset); rows != nil {
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
	return unshared(d.Facts.Labels, rows)
}

// unshared leaves out rows of probabilities; nil if nothing is left.
func unshared(labels *pipeline.LabelValues, rows []int) []int {
	if rows = slices.DeleteFunc(rows, func(i int) bool { return shared(labels, i) }); len(rows) == 0 {
		return nil
	}
	return rows
}

// rowsOfNoClass are the rows that a softmax cannot learn, where nobody declared what
// the labels are: those of NearlyOneHot; however many they are, rows that share out
// anything but a single 1; and among zeros and ones the rows of zeros alone, unless
// others have two ones: those are tags, OUT015's.
func rowsOfNoClass(d *pipeline.Dataset) []int {
	if rows := NearlyOneHot(d); rows != nil {
		return rows
	}
	if d.Facts == nil || d.Facts.Labels == nil || d.Facts.Labels.Width < 2 || d.Labels.Kind != pipeline.MultiHot && d.Labels.Kind != pipeline.Real {
		return nil
	}
	labels := d.Facts.Labels
	rows := unshared(labels, labels.NotOneHot())
	tagged := func(i int) bool { total, whole := sumOfRow(labels, i); return whole && total > 1 }
	if slices.ContainsFunc(rows, tagged) {
		return nil
	}
	return rows
}

// shared says that a row shares a single 1 out among the classes, as rows of
// probabilities do; those of a table are rounded.
func shared(labels *pipeline.LabelValues, i int) bool {
	const rounded = 0.05
	if labels.Reals == nil {
		return false
	}
	total, _ := sumOfRow(labels, i)
	return math.Abs(total-1) <= rounded && !slices.ContainsFunc(labels.Reals[i*labels.Width:(i+1)*labels.Width], func(v float64) bool { return v < 0 })
}

// sumOfRow adds up a row, and says whether it holds nothing but zeros and ones.
func sumOfRow(labels *pipeline.LabelValues, i int) (total float64, tags bool) {
	tags = true
	for k := i * labels.Width; k < (i+1)*labels.Width; k++ {
		v := 0.0
		if labels.Reals != nil {
			v = labels.Reals[k]
		} else {
			v = float64(labels.Ints[k])
		}
		total, tags = total+v, tags && (v == 0 || v == 1)
	}
	return total, tags
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
	Means: "In a row that tells one class there is a single 1, in the column of the example's class, and zeros elsewhere. Some rows are not like that: of labels that were declared `one_hot`, or, in front of a softmax, rows that do not add up to 1. (Many rows with two ones or more are tags: OUT015.) Or the labels have an axis too many. The message names them, counting from 0.",
	Why:   "A row without a 1 belongs to no class, one with several to more than one: a loss for exclusive classes would learn neither.",
	Ways:  []string{"mend the rows", "`label_kind: multi_hot`, if an example may have several classes or none", "labels of shape [N, 1, K]: `np.squeeze(labels, 1)`"},
}
