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
		if l.notFinite(s, part) {
			return
		}
	}
}}

// notFinite reports a loss that ends as no finite number, or, in a log that has
// ended, was none in between.
func (l *Log) notFinite(s pipeline.Site, part string) bool {
	loss, _ := l.Column(part + "loss")
	k := columnOf(l, part+"loss")
	var wrong []int
	for i, v := range loss {
		// An epoch without the loss is none where it was NaN.
		if l.Given[i][k] && (math.IsNaN(v) || math.IsInf(v, 0)) {
			wrong = append(wrong, i)
		}
	}
	if len(wrong) == 0 {
		return false
	}
	last := wrong[len(wrong)-1]
	first := last
	for at := len(wrong) - 1; at >= 0 && wrong[at] >= first-1; at-- {
		first = wrong[at]
	}
	where := l.epochs(len(loss) - first)
	if last != l.last() {
		if !l.Ended {
			return false
		}
		first, where = wrong[0], fmt.Sprintf("%d of %d epochs", len(wrong), len(loss))
	}
	is := "NaN"
	if !math.IsNaN(loss[first]) {
		is = "infinite"
	}
	d := diag.New(fpr013, l.at(s, first, "loss"), fmt.Sprintf("%sloss is %s in %s", part, is, where))
	if accuracy, name, found := l.accuracy(part); found && is == "NaN" && accuracy[first] > 0 {
		d = d.Note("the %s of %.4g means nothing: of outputs that are NaN the first counts as the largest, so it is the share of class 0", name, accuracy[first])
	}
	s.Report(d.Suggest("look for NaN and very large values in the volumes, and for labels outside the classes").
		Suggest("lower learning_rate, or keep the gradient short: gradient_clip: {norm: 1}").
		Suggest("scale the volumes"))
	return true
}

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
	Means: "The loss is NaN or infinite, at the end of a log or in some of its epochs. An accuracy beside it is the share of class 0, since the first of several NaN counts as the largest.",
	Why:   "Once a weight is NaN every output is, and no further step mends it. NaN comes from NaN in the volumes, from labels outside the classes (some programs accept them), or from steps that are too long.",
	Ways:  []string{"volumes without NaN", "labels inside the classes", "a `normalize` stage", "a lower `learning_rate`, or `gradient_clip`"},
	Log:   "Epoch 1/2\nloss: nan - acc: 0.0400\nEpoch 2/2\nloss: nan - acc: 0.0400",
}
