package rules

import (
	"fmt"

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

var fpr008 = &diag.Code{
	ID: "FPR008", Severity: diag.Error,
	Title: "the accuracy is 0 while the loss falls",
	Means: "The loss falls, so something is learnt; the accuracy is exactly 0 in every epoch.",
	Why:   "Accuracy counts how often output and target are equal. For a regression they never are. Here the check refuses that (OUT012, MET001); logs of other programs show it.",
	Ways:  []string{"`mean_absolute_error` or `r2` for real numbers", "an output for each class, where the targets are classes"},
	Log:   "Epoch 1: loss: 12.5, acc: 0.0000\nEpoch 2: loss: 6.1, acc: 0.0000\nEpoch 3: loss: 3.2, acc: 0.0000",
}
