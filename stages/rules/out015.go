package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT015 finds tags that may apply together behind a softmax. Rows that happen to
// have a single one each pass.
var OUT015 = &Rule{Code: out015, Training: func(c *pipeline.Check, t *Training) {
	d := t.Dataset
	h := headOf(t.Model)
	if d.Labels.Kind != pipeline.MultiHot || !h.softmax() || h.constant() || !overClasses(t.Loss) && t.Loss.Target() != loss.Binary {
		return
	}
	if t.Loss.Target() == loss.OneHot && rowsOfNoClass(d) != nil {
		return // LBL003: the rows are wrong, and not the softmax
	}
	var sure []diag.Edit
	problem := diag.New(out015, h.activationAt, "softmax shares a single 1 out among all classes").
		And(d.Labels.At.Span, labelWords(d.Labels))
	if d.Facts != nil && d.Facts.Labels != nil && d.Facts.Labels.Ints != nil {
		several, rows, width := 0, d.Facts.Labels.Len(), d.Facts.Labels.Width
		for i := range rows {
			if ones := sumOf(d.Facts.Labels.Ints[i*width : (i+1)*width]); ones > 1 {
				several++
			}
		}
		if several == 0 {
			return
		}
		if sure = h.activate("sigmoid"); t.Loss.Target() != loss.Binary {
			sure = together(sure, replaceLoss(c, "binary_crossentropy"))
		}
		problem = problem.Note("%d of %d rows (%.2g %%) have two ones or more", several, rows, 100*float64(several)/float64(rows))
	}
	c.ReportUnless(h.allow, problem.
		Suggest("ask yes or no of each class: activation: sigmoid and the loss binary_crossentropy", sure...).
		Suggest(fmt.Sprintf("if the classes do exclude one another, say so where the labels are loaded: label_kind: %s", pipeline.OneHot)))
}}

func sumOf(row []int64) int64 {
	total := int64(0)
	for _, v := range row {
		total += v
	}
	return total
}

var out015 = &diag.Code{
	ID: "OUT015", Severity: diag.Error,
	Title: "softmax for tags that may apply together",
	Means: "A label may have several ones: an example belongs to several classes at once. A softmax gives values that add up to 1, as for classes that exclude one another.",
	Why:   "With two right classes the best it can say is 0.5 for each, and the loss never comes near 0.",
	Ways: []string{
		"`activation: sigmoid` at the end and `loss: binary_crossentropy`",
		"labels with a single 1 each: `label_kind: one_hot` in `load`",
	},
	Fails: stages("load: {volumes: heads.npy, labels: tags.npy, shape: [120, 16, 16, 16, 1], dtype: float32, label_kind: multi_hot}",
		network("{dense: {units: 3, activation: softmax}}"), "train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}"),
	Mended: stages("load: {volumes: heads.npy, labels: tags.npy, shape: [120, 16, 16, 16, 1], dtype: float32, label_kind: multi_hot}",
		network("{dense: {units: 3, activation: sigmoid}}"), "train: {optimizer: adam, loss: binary_crossentropy, epochs: 20}"),
}
