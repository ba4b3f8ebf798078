package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// FPR002 knows the loss of a network that gives every class the same
// probability whatever it is shown: ln K.
var FPR002 = &Rule{Code: fpr002, Log: func(s pipeline.Site, l *Log) {
	k, n, ok := l.uniform()
	if !ok || l.young() {
		return // many a network gives all classes the same at first
	}
	loss, _ := l.Column("loss")
	i := l.last()
	s.Report(diag.New(fpr002, l.at(s, i, "loss"), fmt.Sprintf("the loss is %.4f in %s: ln %d = %.4f", loss[i], l.epochs(n), k, math.Log(float64(k)))).
		Note("that is the loss of giving each of %d classes the probability 1/%d, whatever the volume shows", k, k).
		Suggest("look whether units are dead or the learning rate is far too low or too high: pipe doctor says which").
		Suggest("scale the volumes, and shuffle them before the split").
		Suggest("look whether volumes and labels are in the same order"))
}}

// uniform finds the number of classes that all had the same probability in the
// last n epochs.
func (l *Log) uniform() (classes, n int, ok bool) {
	loss, found := l.Column("loss")
	if !l.crossEntropyLog() || !found {
		return 0, 0, false
	}
	for _, k := range l.classCandidates(1000) {
		uniform := math.Log(float64(k))
		tolerance := 0.002
		if l.Classes == 0 {
			// Among a thousand numbers of classes one is always near.
			tolerance = math.Min(tolerance, 0.0005/uniform)
		}
		n := run(loss, func(v float64) bool { return near(v, uniform, tolerance) })
		if n >= l.enough() && n >= len(loss)/2 && !l.learns(n, k) {
			return k, n, true
		}
	}
	return 0, 0, false
}

// learns says whether the accuracy of the last n epochs is clearly above
// chance: then a loss of ln K is a coincidence.
func (l *Log) learns(n, classes int) bool {
	accuracy, _, ok := l.accuracy("")
	if !ok {
		return false
	}
	last, whole := tail(accuracy, n)
	if !whole {
		return false
	}
	chance := 1 / float64(classes)
	for _, share := range l.TrainShares {
		chance = math.Max(chance, share)
	}
	return last[n-1] > chance+0.1 && l.Classes > 0 || last[n-1]-last[0] > 0.05
}

var fpr002 = &diag.Code{
	ID: "FPR002", Severity: diag.Error,
	Title: "the loss is that of a network which ignores its input",
	Means: "The loss stays at ln K, the cross-entropy of giving each of K classes the probability 1/K: 0.6931 for two, 1.0986 for three, 2.3026 for ten.",
	Why:   "Nothing of the input reaches the output: units died, the learning rate is far off, or the labels have nothing to do with the volumes.",
	Ways:  []string{"`pipe doctor`, which looks for dead units and tries learning rates", "a `normalize` stage", "volumes and labels in the same order"},
	Log:   "Epoch 1/4\nloss: 1.0991 - acc: 0.3300\nEpoch 2/4\nloss: 1.0986 - acc: 0.3333\nEpoch 3/4\nloss: 1.0986 - acc: 0.3333\nEpoch 4/4\nloss: 1.0986 - acc: 0.3333",
}
