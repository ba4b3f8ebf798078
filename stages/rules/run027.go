package rules

import (
	"fmt"
	"math"
	"slices"

	"github.com/voxelpipe/pipe/nn/probe"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// RUN027 is reported by the stage that trains, once it has: see CheckBaselines.
var RUN027 = &Rule{Code: run027}

// CheckBaselines compares the validation accuracies of a training's epochs with
// what needs no network. The best epoch counts, and chance is allowed for. A training
// that is not as good on its own examples yet, and whose loss still comes down, has
// not shown what it can do.
func CheckBaselines(s pipeline.Site, baselines []probe.Baseline, l *Log) {
	const epochs, margin = 5, 0.05
	accuracies, measured := l.Column("val_accuracy")
	if !measured || len(accuracies) < epochs || len(baselines) == 0 || slices.ContainsFunc(accuracies, math.IsNaN) {
		return
	}
	best := slices.MaxFunc(baselines, func(a, b probe.Baseline) int {
		if a.Accuracy < b.Accuracy {
			return -1
		}
		return 1
	})
	if own, _, trained := l.accuracy(""); trained && own[l.last()] < best.Accuracy && l.goesOn() {
		return
	}
	reached := slices.Max(accuracies)
	spread := math.Sqrt(best.Accuracy * (1 - best.Accuracy) / float64(best.Examples))
	if best.Accuracy-reached < max(margin, 2*spread) {
		return
	}
	s.Report(diag.New(run027, s.At("metrics"), fmt.Sprintf("the network has %.3f in its best epoch, %s has %.3f", reached, best.Name, best.Accuracy)).
		Note("both on %s that neither has learnt from", plural(best.Examples, "validation example")).
		Suggest("ask pipe doctor why the network does not learn").
		Suggest("train longer, or with another learning_rate").
		Suggest("look whether the simple answer is what you want: then no network is needed"))
}

var run027 = &diag.Code{
	ID: "RUN027", Severity: diag.Warning,
	Title: "a simple rule does better than the network",
	Means: "After five epochs or more the best validation accuracy is, by 0.05 and by more than chance, under that of something without a network, learnt from the same examples: the commonest class, the class whose mean intensity is nearest, or a linear function of the means of 8 × 8 × 8 blocks of the volume. Not where the accuracy in training is no better yet and the loss goes on falling.",
	Why:   "A network that cannot do what a mean can do has not begun to learn. And where the mean alone tells the classes apart, it may be the scanner that is learnt.",
	Ways:  []string{"`pipe doctor`, which looks for what keeps a network from learning", "more epochs, another `learning_rate`", "the simple rule, if it is good enough"},
}
