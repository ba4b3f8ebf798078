package rules

import (
	"fmt"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// FPR011 knows a cross-entropy over a single output: it is 0 whatever happens,
// and the accuracy is the share of one class.
var FPR011 = &Rule{Code: fpr011, Log: func(s pipeline.Site, l *Log) {
	column, ok := l.free()
	if !ok {
		return
	}
	values, _ := l.Column(column)
	i := l.last()
	s.Report(diag.New(fpr011, l.at(s, i, "loss"), fmt.Sprintf("%s is %.4g in all %d epochs", column, values[i], len(values))).
		Note("the cross-entropy of a single output is 0: softmax makes 1 of any number, and ln 1 is 0").
		Suggest("give the last layer one output for each class, 2 for two").
		Suggest("or end in one unit with sigmoid, and use binary_crossentropy"))
}}

// free finds the cross-entropy, or the part of a loss that is one, which costs
// nothing in any epoch although not everything is right.
func (l *Log) free() (string, bool) {
	accuracy, _, found := l.accuracy("")
	if unmoved, _ := l.unmoved(); unmoved {
		return "", false // no batch was trained on: FPR009
	}
	for _, column := range l.Columns {
		part := column != "loss" && (strings.Contains(column, "cross") || strings.HasPrefix(column, "ce_"))
		if column != "loss" && !part {
			continue
		}
		values, _ := l.Column(column)
		if len(values) < 2 || run(values, func(v float64) bool { return v >= 0 && v <= clipped }) < len(values) {
			continue
		}
		if last := l.last(); part || found && accuracy[last] > 0 && accuracy[last] <= 0.995 {
			return column, true
		}
	}
	return "", false
}

// clipped is the cross-entropy of a probability of 1 that is clipped to 1 - 1e-7,
// which float32 rounds to 1 - 1.19e-7.
const clipped = 1.2e-7

var fpr011 = &diag.Code{
	ID: "FPR011", Severity: diag.Error,
	Title: "the cross-entropy is 0 from the first epoch on",
	Means: "A cross-entropy, or the part of a loss that is one, is 0 in every epoch, or 1.19e-7 where probabilities are clipped, though not everything is right.",
	Why:   "Softmax over one output is always 1, so the loss is always 0 and has no gradient. Here the check refuses that (OUT002, OUT011); logs of other programs show it.",
	Ways:  []string{"an output for each class", "or one output with `sigmoid` and `binary_crossentropy`"},
	Log:   "Epoch 1: loss: 0.0000, acc: 0.4500\nEpoch 2: loss: 0.0000, acc: 0.4500",
}
