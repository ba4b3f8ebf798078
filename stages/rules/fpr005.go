package rules

import (
	"fmt"
	"math"
	"slices"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// FPR005 knows accuracies that no network is needed for: the share of the
// largest class, 1/K, 1 - 1/K.
var FPR005 = &Rule{Code: fpr005, Log: func(s pipeline.Site, l *Log) {
	_, _, _, hard := l.hard()
	_, _, uniform := l.uniform()
	if _, free := l.free(); hard || uniform || free || l.exact("") {
		return // the loss says why: FPR001, FPR002, FPR011, FPR008
	}
	if loss, ok := l.Column("loss"); ok && run(loss, func(v float64) bool { return v == 0 }) == len(loss) {
		return // FPR009, FPR011
	}
	if l.young() {
		return // many a network gives one class at first
	}
	for _, part := range parts {
		accuracy, name, ok := l.accuracy(part)
		if !ok {
			continue
		}
		n := run(accuracy, func(v float64) bool { return v == accuracy[l.last()] })
		value := accuracy[l.last()]
		if n < max(l.enough(), 3) || n < len(accuracy)*2/3 || value <= 0 || value >= 0.9995 {
			continue
		}
		if loss, ok := l.Column(part + "loss"); ok && math.IsNaN(loss[l.last()]) && l.Given[l.last()][columnOf(l, part+"loss")] {
			continue // the accuracy of NaN means nothing: FPR013
		}
		if part == "val_" && !l.Ended && l.moves(n) {
			continue // it has only begun: moving averages lag behind what training shows
		}
		if l.tells(part, value) || !l.Ended && l.equal(part) && l.goesOn() {
			continue // it learns, and has not come to another answer yet
		}
		meaning, certain := l.constantOf(part, value)
		if !certain && (l.shares(part) != nil || n < 4 && n < len(accuracy)) {
			continue
		}
		i := l.last()
		d := diag.New(fpr005, l.at(s, i, "metrics"), fmt.Sprintf("%s is %.5g in %s", name, value, l.epochs(n))).
			Note("%s", meaning)
		if entropy, sure := l.entropyOf(part, value, n); sure {
			d = d.Note("%s", entropy)
		}
		if part == "val_" && l.moves(n) {
			s.Report(d.Suggest("prepare what is validated exactly as what is trained on: the same scaling, the same order of axes").
				Suggest("with batch_norm: its averages, used in validation alone, are not yet those of the data; lower its momentum (0.9), or train for more steps").
				Suggest("look whether each class is in both partitions: pipe plan counts them"))
			return
		}
		s.Report(d.Suggest("look whether the loss moves: if it does not, the input does not reach the output (pipe doctor)").
			Suggest("give each class the same weight: class_weight: balanced").
			Suggest("measure balanced_accuracy beside it"))
		return
	}
}}

// moves says whether the training accuracy changed in the last n epochs.
func (l *Log) moves(n int) bool {
	const much = 0.02
	accuracy, _, ok := l.accuracy("")
	if !ok {
		return false
	}
	last, numbers := tail(accuracy, n)
	return numbers && slices.Max(last)-slices.Min(last) > much
}

// entropyOf says whether the losses beside a constant accuracy are the entropy of
// two classes with that share: outputs that are the shares, whatever is shown.
func (l *Log) entropyOf(part string, share float64, n int) (string, bool) {
	loss, ok := l.Column(part + "loss")
	entropy := -share*math.Log(share) - (1-share)*math.Log(1-share)
	if !ok || !l.crossEntropyLog() || l.Classes > 2 || run(loss, func(v float64) bool { return near(v, entropy, 0.002) }) < n {
		return "", false
	}
	return fmt.Sprintf("%sloss is the entropy of two classes with the shares %.4g and %.4g, %.4f: every output is the share of its class, whatever the volume shows", part, share, 1-share, entropy), true
}

// constantOf says which constant a value is; false if only that it never moves
// speaks for one.
func (l *Log) constantOf(part string, value float64) (string, bool) {
	if shares := l.shares(part); len(shares) > 0 {
		if largest := slices.Max(shares); near(value, largest, 0.001) {
			return fmt.Sprintf("%.5g is the share of the largest class: every example is given that class", largest), true
		}
		if k := slices.IndexFunc(shares, func(share float64) bool { return near(value, share, 0.001) }); k >= 0 {
			return fmt.Sprintf("%.5g is the share of class %d: every example is given that class", shares[k], k), true
		}
	}
	for _, k := range l.classCandidates(20) {
		if l.Classes == 0 && near(value, 1-1/float64(k), 0.0005) && k > 2 {
			return fmt.Sprintf("%.5g is the share of one class, or 1 - 1/%d: the accuracy of %d outputs that are counted one by one, most of which are rightly 0", value, k, k), false
		}
		if near(value, 1-1/float64(k), 0.0005) && k > 2 {
			return fmt.Sprintf("%.5g is 1 - 1/%d: an accuracy counted for each output of %d, most of which are rightly 0", value, k, k), l.Classes > 0
		}
		if near(value, 1/float64(k), 0.0005) {
			return fmt.Sprintf("%.5g is 1/%d: every example is given the same one of %d classes", value, k, k), l.Classes > 0
		}
	}
	return "an accuracy that never moves is the share of one class: every example is given that class", false
}

var fpr005 = &diag.Code{
	ID: "FPR005", Severity: diag.Error,
	Title: "the accuracy is that of always giving the same answer",
	Means: "The accuracy is the same number epoch after epoch: the share of the largest class, 1/K, or, where outputs are compared one by one, 1 - 1/K.",
	Why:   "The network gives every example the same class. The number looks like learning where one class is common: 0.79 for a class with 79 % of the examples.",
	Ways:  []string{"`class_weight: balanced`", "a `normalize` stage and a lower `learning_rate`", "`balanced_accuracy` among the metrics, which such a network leaves at 1/K"},
	Log:   "Epoch 1: loss: 0.53, val_acc: 0.79269\nEpoch 2: loss: 0.52, val_acc: 0.79269\nEpoch 3: loss: 0.52, val_acc: 0.79269\nEpoch 4: loss: 0.51, val_acc: 0.79269",
}
