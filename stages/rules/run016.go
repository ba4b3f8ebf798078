package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN016 finds a validation that is better than a network can be: perfect before
// training is, or above it epoch after epoch with nothing to hold training back.
var RUN016 = &Rule{Code: run016, Log: func(s pipeline.Site, l *Log) {
	training, _, ok := l.accuracy("")
	validation, name, found := l.accuracy("val_")
	if !ok || !found {
		return
	}
	i := l.last()
	perfect := 0
	above := 0
	for k := range validation {
		// The training accuracy is a mean over an epoch in which the network still
		// learns: it lags behind by about one.
		lagging := training[min(k+1, i)]
		if k == i && !l.Ended {
			break // what it lags behind is not known yet
		}
		if validation[k] >= 0.9999 && lagging < 0.85 && !l.lucky(lagging) && l.surer(k) {
			perfect++
		}
		if k >= 2 && validation[k] > lagging+max(0.05, chance(lagging, l.Validated)) && lagging < 0.9 && l.surer(k) {
			above++
		} else {
			above = 0
		}
	}
	// Of a log alone it is not known what held training back; once it is as good, it
	// was dropout or the like.
	const caughtUp = 0.95
	var what string
	switch {
	case perfect >= 2 && !l.Regularized && !(l.Place != nil && training[i] >= caughtUp):
		what = fmt.Sprintf("%s is 1 in %d epochs in which the training accuracy is below 0.85 (now %.3f)", name, perfect, training[i])
	case above >= 3 && !l.Regularized && l.Place == nil:
		what = fmt.Sprintf("%s is %.3f, and above the training accuracy of %.3f by more than 0.05 in %d epochs", name, validation[i], training[i], above)
	default:
		return
	}
	s.Report(diag.New(run016, l.at(s, i, "metrics"), what).
		Suggest("look whether validation has one class only: pipe plan counts them").
		Suggest("look whether examples, or patients, are in both partitions: split by groups").
		Suggest("or, if validation is small, give it more examples").
		Suggest("with dropout, noise or augmentation, which hold training alone back, it is as it should be"))
}}

// surer says that the loss of validation is clearly below that of training, as that
// of easy or of known examples is. Where the two are alike, all outputs are near the
// border between the classes, and a small step puts everything on one side of it.
func (l *Log) surer(epoch int) bool {
	const clearly = 0.85
	training, ok := l.Column("loss")
	validation, found := l.Column("val_loss")
	if !ok || !found {
		return true
	}
	return validation[epoch] < clearly*training[min(epoch+1, l.last())]
}

// lucky says whether a network that is right as often as that may well be right in
// all examples of a small validation.
func (l *Log) lucky(share float64) bool {
	const rare = 0.01
	return l.Validated > 0 && math.Pow(share, float64(l.Validated)) > rare
}

var run016 = &diag.Code{
	ID: "RUN016", Severity: diag.Warning,
	Title: "the validation is better than the training explains",
	Means: "The validation accuracy is 1 while the training accuracy is far from it, or stays above it by more than 0.05 with nothing (dropout, noise) that holds only training back. Of a few examples all may be right by chance: then nothing is said.",
	Why:   "Either the validation has an easy class only, or its examples, or other examples of the same patients, are in the training too. Then it measures nothing.",
	Ways:  []string{"`stratify: true`", "`by: groups`, so that a patient is in one partition", "a larger validation partition"},
	Log:   "Epoch 1: loss: 0.60, acc: 0.70, val_loss: 0.2, val_acc: 1.0\nEpoch 2: loss: 0.52, acc: 0.78, val_loss: 0.2, val_acc: 1.0\nEpoch 3: loss: 0.50, acc: 0.80, val_loss: 0.2, val_acc: 1.0",
}
