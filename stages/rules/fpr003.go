package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// FPR003 knows the floor under a cross-entropy that applies softmax to what
// already is a softmax: ln(1 + (K-1)/e).
var FPR003 = &Rule{Code: fpr003, Log: func(s pipeline.Site, l *Log) {
	if !l.crossEntropyLog() {
		return
	}
	loss, ok := l.Column("loss")
	accuracy, _, found := l.accuracy("")
	if !ok || !found {
		return
	}
	for _, k := range l.classCandidates(100) {
		floor := math.Log(1 + float64(k-1)/math.E)
		n := run(loss, func(v float64) bool { return v >= floor*0.998 && v <= floor*1.01 })
		// The floor is only reached with nearly everything right.
		if n < l.enough() || !(accuracy[l.last()] >= 0.97) {
			continue
		}
		i := l.last()
		s.Report(diag.New(fpr003, l.at(s, i, "loss"), fmt.Sprintf("the loss stays at %.4f while the accuracy is %.4g", loss[i], accuracy[i])).
			Note("ln(1 + (%d - 1)/e) = %.4f is the lowest loss that %d classes can reach if softmax is applied twice", k, floor, k).
			Suggest("leave from_logits out, or leave the last softmax out of the model"))
		return
	}
}}

var fpr003 = &diag.Code{
	ID: "FPR003", Severity: diag.Warning,
	Title: "the loss has a floor that softmax applied twice has",
	Means: "Nearly all examples are right, and the loss still does not fall below ln(1 + (K-1)/e): 0.3133 for two classes, 0.5514 for three, 0.7437 for four.",
	Why:   "The loss takes probabilities for scores. It trains, slowly, and its numbers mean nothing. Here the check refuses that (OUT007); logs of other programs show it.",
	Ways:  []string{"leave `from_logits` out (in PyTorch: give CrossEntropyLoss the scores)", "or leave the last softmax out"},
	Log:   "Epoch 1: loss: 0.80, acc: 0.85\nEpoch 2: loss: 0.5590, acc: 0.99\nEpoch 3: loss: 0.5530, acc: 1.0\nEpoch 4: loss: 0.5519, acc: 1.0",
}
