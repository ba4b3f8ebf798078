package metric

import (
	"math"
	"slices"

	"github.com/voxelpipe/pipe/nn/loss"
)

// AUC is the area under the ROC curve: the probability that an example of the
// class gets a higher output than one of the rest, ties counting one half. 0.5
// is guessing, 1 a perfect order. It does not depend on a threshold, nor on how
// often each class occurs.
//
// It is exact, from the ranks of all outputs (the Mann-Whitney statistic), where
// Keras approximates with 200 thresholds. For several classes it is the mean of
// each class against the rest; a class that never occurs, or that all examples
// belong to, is left out. If none is left it is 0.5.
//
// It needs the outputs of a whole epoch, 4 bytes for each. Of voxels there are too
// many for that: they are counted on steps of about a thousandth, 4 MiB for each
// class, and two on the same step are a tie.
type AUC struct{}

// Fits a model that tells classes or tags apart.
func (*AUC) Fits(t Task) bool { return t.Kind != Regression }

// Variant is "auc", for several classes with how they are averaged.
func (*AUC) Variant(t Task) string {
	if t.Kind == Binary {
		return "auc"
	}
	return "macro_one_vs_rest_auc"
}

// Better is up.
func (*AUC) Better() string { return "max" }

// Start collects outputs, or counts them.
func (*AUC) Start(t Task) Meter {
	if t.PerVoxel {
		return newAUCSteps(t)
	}
	return &auc{task: t}
}

type auc struct {
	task Task
	// scores has Outputs values for each position; truth the class id of each in a
	// multi-class task, else 0 or 1 for each value.
	scores []float32
	truth  []int32
	ranked []rankedScore
}

type rankedScore struct {
	score    float32
	positive bool
}

func (a *auc) Add(y, t []float32) {
	from := len(a.scores)
	a.scores = append(a.scores, y...)
	if a.task.Kind != MultiClass {
		for _, v := range t {
			a.truth = append(a.truth, int32(number(v >= 0.5)))
		}
		return
	}
	if a.task.Logits {
		// Softmax changes the order of two examples' values of one class.
		loss.Apply(nil, loss.Softmax, a.task.Outputs, a.scores[from:])
	}
	width := a.task.Target.Width(a.task.Outputs)
	for ; len(t) >= width; t = t[width:] {
		a.truth = append(a.truth, int32(trueClass(a.task.Target, t[:width])))
	}
}

func (a *auc) Value() float64 {
	outputs := a.task.Outputs
	var sum float64
	measured := 0
	for k := range outputs {
		a.ranked = a.ranked[:0]
		for i := k; i < len(a.scores); i += outputs {
			positive := a.task.Kind == MultiClass && a.truth[i/outputs] == int32(k) ||
				a.task.Kind != MultiClass && a.truth[i] == 1
			a.ranked = append(a.ranked, rankedScore{a.scores[i], positive})
		}
		if area, ok := areaUnderROC(a.ranked); ok {
			sum += area
			measured++
		}
	}
	if measured == 0 {
		return 0.5
	}
	return sum / float64(measured)
}

// areaUnderROC sorts the scores and gives (R - p(p+1)/2)/(p·n), where R is the
// sum of the ranks of the p positive ones among p+n, equal scores sharing their
// mean rank. It is NaN if a score is, and not defined unless both kinds occur.
func areaUnderROC(scores []rankedScore) (float64, bool) {
	slices.SortFunc(scores, func(a, b rankedScore) int {
		switch {
		case a.score < b.score || math.IsNaN(float64(a.score)) && !math.IsNaN(float64(b.score)):
			return -1
		case a.score > b.score || math.IsNaN(float64(b.score)) && !math.IsNaN(float64(a.score)):
			return 1
		}
		return 0
	})
	var positives, ranks float64
	for first := 0; first < len(scores); {
		last, here := first, 0
		for ; last < len(scores) && (last == first || scores[last].score == scores[first].score); last++ {
			here += number(scores[last].positive)
		}
		positives += float64(here)
		ranks += float64(here) * float64(first+1+last) / 2 // ranks first+1 … last
		first = last
	}
	negatives := float64(len(scores)) - positives
	switch {
	case positives == 0 || negatives == 0:
		return 0, false
	case math.IsNaN(float64(scores[0].score)):
		return math.NaN(), true
	}
	return (ranks - positives*(positives+1)/2) / (positives * negatives), true
}

// Deferred marks that all outputs are sorted for a value.
func (a *auc) Deferred() {}

func (a *auc) Table() *Matrix { return nil }

func (a *auc) Reset() { a.scores, a.truth = a.scores[:0], a.truth[:0] }
