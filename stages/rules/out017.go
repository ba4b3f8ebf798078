package rules

import (
	"fmt"
	"strconv"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT017 compares the size of the output with the number of values in a label.
// More than one unit against classes is OUT001's.
var OUT017 = &Rule{Code: out017, Training: func(c *pipeline.Check, t *Training) {
	h := headOf(t.Model)
	units, known := h.width()
	width, told := targetWidth(t.Dataset)
	labels := t.Dataset.Labels
	if !known || !told || units == width || h.constant() || wrongRank(t, h) || t.Loss.Target() == loss.ClassID ||
		(labels.Kind == pipeline.OneHot || labels.Rows && overClasses(t.Loss)) && units > 1 || sigmoidOverClasses(t, h) && units == 1 || wantsRows(t, h) {
		return
	}
	d := diag.New(out017, h.unitsAt, fmt.Sprintf("the model ends in %s", plural(units, "value"))).
		And(labels.At.Span, fmt.Sprintf("a label has %s", plural(width, "value"))).
		Note("%s", labelWords(labels))
	if rowed(labels) {
		d = d.Suggest(fmt.Sprintf("end the model in %d %s with softmax%s", width, h.values(), overClassesHelp(t.Loss, "categorical_crossentropy")))
		if width == 2 {
			d = d.Suggest("or keep the single value and give it class ids: label_encode: {classes: 2, form: class_id}")
		}
	} else if h.units != "" {
		d = d.Suggest(fmt.Sprintf("give the last layer %d %s", width, h.units), h.edit(strconv.Itoa(width))...)
	} else {
		d = d.Suggest(fmt.Sprintf("end the model in %d values", width))
	}
	c.ReportUnless(h.allow, d)
}}

var out017 = &diag.Code{
	ID: "OUT017", Severity: diag.Error,
	Title: "the model gives another number of values than a label has",
	Means: "The loss compares the output with the label value by value, and one has more values than the other.",
	Why:   "What has no partner cannot be compared. Other tools stretch the shorter side without a word, and every value is then trained towards all labels at once.",
	Ways:  []string{"give the last layer as many units as a label has values"},
	Fails: stages(heads, "label_encode: {classes: 2}", network("{dense: {units: 1, activation: sigmoid}}"),
		"train: {optimizer: adam, loss: binary_crossentropy, epochs: 20}"),
	Mended: stages(heads, "label_encode: {classes: 2, form: class_id}", network("{dense: {units: 1, activation: sigmoid}}"),
		"train: {optimizer: adam, loss: binary_crossentropy, epochs: 20}"),
}
