package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// FPR008 knows an accuracy that compares real numbers: it is 0 while the loss
// falls.
var FPR008 = &Rule{Code: fpr008, Log: func(s pipeline.Site, l *Log) {
	loss, ok := l.Column("loss")
	accuracy, name, found := l.accuracy("")
	if !ok || !found || len(loss) < 2 {
		return
	}
	n := run(accuracy, func(v float64) bool { return v == 0 })
	if n < len(accuracy) && l.exact("") {
		value, last := accuracy[0], loss[l.last()]
		s.Report(diag.New(fpr008, l.at(s, l.last(), "metrics"), fmt.Sprintf("%s is %.5g in %s while the loss falls from %.4g to %.4g", name, value, l.epochs(len(accuracy)), loss[0], last)).
			Note("a cross-entropy is at least ln 2 = 0.693 for each wrong answer, %.4g with so many of them, and at most about 16: the loss is another, and what is measured compares real numbers for being equal", (1-value)*math.Ln2).
			Suggest("for real numbers measure mean_absolute_error or r2").
			Suggest("for classes use a cross-entropy: the accuracy then moves with it"))
		return
	}
	if n < len(accuracy) || n < l.enough() || !(loss[l.last()] < 0.95*loss[0]) {
		return
	}
	if loss[l.last()] < 0 {
		return // no distance between real numbers: FPR007
	}
	s.Report(diag.New(fpr008, l.at(s, l.last(), "metrics"), fmt.Sprintf("%s is exactly 0 in %s while the loss falls from %.4g to %.4g", name, l.epochs(n), loss[0], loss[l.last()])).
		Note("the network learns; what is measured compares real numbers for being exactly equal").
		Suggest("for real numbers measure mean_absolute_error or r2").
		Suggest("for classes, let the model end in one output for each, and encode the labels"))
}}

// exact says that a small accuracy never moves while the loss falls to less than
// half, and the two cannot be those of classes: whoever gives the right class less
// than half pays ln 2 for it or more, and at most what a clipped logarithm gives.
func (l *Log) exact(part string) bool {
	const small, most = 0.1, 16.2
	loss, ok := l.Column(part + "loss")
	accuracy, _, found := l.accuracy(part)
	if !ok || !found || len(accuracy) < max(l.enough(), 3) {
		return false
	}
	value, last := accuracy[0], loss[l.last()]
	if run(accuracy, func(v float64) bool { return v == value }) < len(accuracy) || !(value < small) || !(last >= 0 && last < loss[0]/2) {
		return false
	}
	return last < (1-value)*math.Ln2/2 || loss[0] > most
}

var fpr008 = &diag.Code{
	ID: "FPR008", Severity: diag.Error,
	Title: "the accuracy is 0 while the loss falls",
	Means: "The loss falls, so something is learnt; the accuracy is exactly 0 in every epoch.",
	Why:   "Accuracy counts how often output and target are equal. For a regression they never are. Here the check refuses that (OUT012, MET001); logs of other programs show it.",
	Ways:  []string{"`mean_absolute_error` or `r2` for real numbers", "an output for each class, where the targets are classes"},
	Log:   "Epoch 1: loss: 12.5, acc: 0.0000\nEpoch 2: loss: 6.1, acc: 0.0000\nEpoch 3: loss: 3.2, acc: 0.0000",
}
