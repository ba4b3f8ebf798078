package rules

import (
	"slices"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// FPR012 knows classes that have other numbers in the two parts of the data:
// the confusion matrix is a diagonal with its columns exchanged.
var FPR012 = &Rule{Code: fpr012, Log: func(s pipeline.Site, l *Log) {
	taken, ok := permuted(l.Confusion)
	if !ok {
		return
	}
	d := diag.New(fpr012, l.atLine(s, l.ConfusionLine, "metrics"), "nearly every class is taken for one other class, each for another")
	for class, other := range taken {
		if class < longestList && class != other {
			d = d.Note("of %d examples of class %d, %d are taken for class %d", sum(l.Confusion[class]), class, l.Confusion[class][other], other)
		}
	}
	s.Report(d.Suggest("give the classes the same ids in training and validation: one list of classes for both"))
}}

// permuted gives, for each class, the one that it is taken for, where these are
// a permutation that holds most examples and is not the diagonal.
func permuted(confusion [][]int) ([]int, bool) {
	if len(confusion) < 3 {
		return nil, false // two exchanged classes are any network that learnt the opposite
	}
	taken := make([]int, len(confusion))
	total, held, moved := 0, 0, 0
	for class, row := range confusion {
		taken[class] = slices.Index(row, slices.Max(row))
		total += sum(row)
		held += row[taken[class]]
		if taken[class] != class {
			moved++
		}
	}
	distinct := len(slices.Compact(slices.Sorted(slices.Values(taken)))) == len(taken)
	return taken, distinct && moved >= 2 && total > 0 && float64(held) >= 0.7*float64(total)
}

func sum(row []int) int {
	total := 0
	for _, n := range row {
		total += n
	}
	return total
}

var fpr012 = &diag.Code{
	ID: "FPR012", Severity: diag.Error,
	Title: "the classes have other numbers in the data that are measured",
	Means: "The confusion matrix is a diagonal with its columns exchanged: nearly every class is taken for exactly one other.",
	Why:   "The network tells the classes apart. They are numbered differently in training and in what is measured, as happens where each part finds its own classes, one of which is missing in it.",
	Ways:  []string{"one list of `classes` in `label_encode`, in front of `split`"},
	Log:   "Epoch 1: loss: 0.1, acc: 0.98, val_acc: 0.02\n[[ 0 29  1]\n [ 1  0 30]\n [28  1  1]]",
}
