package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// FPR013 knows the accuracy of a network that gives NaN: its largest output is
// said to be the first, so the accuracy is the share of class 0.
var FPR013 = &Rule{Code: fpr013, Log: func(s pipeline.Site, l *Log) {
	for _, part := range parts {
		loss, ok := l.Column(part + "loss")
		k := columnOf(l, part+"loss")
		if !ok || !l.Given[l.last()][k] || !math.IsNaN(loss[l.last()]) {
			continue
		}
		i := len(loss) - run(loss, math.IsNaN)
		for !l.Given[i][k] {
			i++ // an epoch without the loss is none where it was NaN
		}
		d := diag.New(fpr013, l.at(s, i, "loss"), fmt.Sprintf("%sloss is NaN in %s", part, l.epochs(len(loss)-i)))
		if accuracy, name, found := l.accuracy(part); found && accuracy[i] > 0 {
			d = d.Note("the %s of %.4g means nothing: of outputs that are NaN the first counts as the largest, so it is the share of class 0", name, accuracy[i])
		}
		s.Report(d.Suggest("look for NaN and very large values in the volumes, and for labels outside the classes").
			Suggest("lower learning_rate, or keep the gradient short: gradient_clip: {norm: 1}").
			Suggest("scale the volumes"))
		return
	}
}}

// columnOf is the index of a column, -1 if there is none of the name.
func columnOf(l *Log, name string) int {
	for k, column := range l.Columns {
		if column == name {
			return k
		}
	}
	return -1
}

var fpr013 = &diag.Code{
	ID: "FPR013", Severity: diag.Error,
	Title: "the loss is no number any more",
	Means: "The loss is NaN. An accuracy beside it is the share of class 0, since the first of several NaN counts as the largest.",
	Why:   "Once a weight is NaN every output is, and no further step mends it. NaN comes from NaN in the volumes, from labels outside the classes (some programs accept them), or from steps that are too long.",
	Ways:  []string{"volumes without NaN", "labels inside the classes", "a `normalize` stage", "a lower `learning_rate`, or `gradient_clip`"},
	Log:   "Epoch 1/2\nloss: nan - acc: 0.0400\nEpoch 2/2\nloss: nan - acc: 0.0400",
}
