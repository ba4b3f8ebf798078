package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// FPR010 knows validation classes that training never shows, or that have other
// numbers there: the accuracy is far below chance while training goes well. Or it is
// a Dice that stays next to nothing.
var FPR010 = &Rule{Code: fpr010, Log: func(s pipeline.Site, l *Log) {
	if !l.belowChance(s) {
		l.nextToNothing(s)
	}
}}

func (l *Log) belowChance(s pipeline.Site) bool {
	training, _, ok := l.accuracy("")
	validation, name, found := l.accuracy("val_")
	loss, measured := l.Column("val_loss")
	if !found || !measured || len(validation) < 2 {
		return false
	}
	i := l.last()
	below, uniform := 0.02, math.Ln2
	if l.Classes > 0 {
		below, uniform = 0.25/float64(l.Classes), math.Log(float64(l.Classes))
	}
	n := run(validation, func(v float64) bool { return v <= below })
	// A single lucky class is not it: training must clearly have learnt.
	learnt, how := false, ""
	if ok {
		learnt, how = training[i] > 0.6, fmt.Sprintf("the training accuracy is %.4g", training[i])
	} else if fell, known := l.Column("loss"); known {
		learnt, how = fell[i] < min(uniform, fell[0])/2, fmt.Sprintf("the training loss fell from %.4g to %.4g", fell[0], fell[i])
	}
	if n < l.enough() || !learnt || !(loss[i] > uniform && loss[i] >= loss[i-n+1]) {
		return false
	}
	s.Report(diag.New(fpr010, l.at(s, i, "metrics"), fmt.Sprintf("%s is %.4g in %s, far below chance, while %s", name, validation[i], l.epochs(n), how)).
		Note("val_loss is %.4g, above that of guessing, and rises: the network is sure of wrong classes", loss[i]).
		Suggest("shuffle before the split, or stratify it: sorted examples cut by position put classes into validation that training never shows").
		Suggest("give the classes the same ids in training and validation: one list of classes for both"))
	return true
}

// nextToNothing looks for a Dice of the validation that never leaves the bottom while
// the training loss falls to a third. MONAI's scripts call it mean dice, without a word
// on which data it is of.
func (l *Log) nextToNothing(s pipeline.Site) {
	const most, fewest = 0.1, 5
	column := "val_dice"
	if !slices.ContainsFunc(l.Columns, func(name string) bool { return strings.HasPrefix(name, "val_") }) {
		column = "dice"
	}
	dice, _ := l.Column(column)
	dice = slices.DeleteFunc(dice, math.IsNaN)
	loss, ok := l.Column("loss")
	if !ok || !l.Ended || len(dice) < fewest || slices.Max(dice) > most || slices.Max(dice) == 0 {
		return // FPR004 tells of a Dice of 0
	}
	i := l.last()
	if !(loss[0] > 0 && loss[i] >= 0 && loss[i] < loss[0]/3) {
		return
	}
	s.Report(diag.New(fpr010, l.at(s, i, "metrics"), fmt.Sprintf("%s is %.4g at best, while the training loss fell from %.4g to %.4g", column, slices.Max(dice), loss[0], loss[i])).
		Suggest("prepare the validation volumes as those for training: the same scaling, spacing and orientation").
		Suggest("look at what is compared: masks under the same ids, one answer for each voxel (argmax of a softmax, a threshold on a sigmoid)").
		Suggest("if both are right, it is overfitting: more cases, or a smaller network"))
}

var fpr010 = &diag.Code{
	ID: "FPR010", Severity: diag.Error,
	Title: "validation is far below chance while training goes well",
	Means: "The training accuracy is high, the validation accuracy is 0 or nearly so, and the validation loss is above that of guessing and rises. Or a Dice of the validation never exceeds 0.1 while the training loss falls to a third.",
	Why:   "Guessing would do better, so the network is sure of the wrong classes: those of the validation data were never shown in training (examples sorted by class and split by position), or the same class has another number there. This is the commonest answer to \"why is my accuracy 0 %?\".",
	Ways:  []string{"`shuffle: true` and `stratify: true` in `split`", "one list of `classes` for all partitions"},
	Log:   "Epoch 1: loss: 0.6, acc: 0.80, val_loss: 3.1, val_acc: 0.0000\nEpoch 2: loss: 0.2, acc: 0.95, val_loss: 5.2, val_acc: 0.0000\nEpoch 3: loss: 0.1, acc: 0.99, val_loss: 6.8, val_acc: 0.0000",
}
