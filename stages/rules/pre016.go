package rules

import (
	"fmt"
	"math"
	"strings"

	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// levelTells is how many of the examples their mean has to tell apart, and more
// than the largest class would by this much.
const (
	levelTells = 0.9
	levelAdds  = 0.2
)

// PRE016 finds classes that differ in what a z-score of each example takes away.
var PRE016 = &Rule{Code: pre016, Voxels: func(s pipeline.Site, v *Scan) {
	step, scaled := v.step("z_score", "over", "example")
	train := v.training()
	if v.Raw == nil || !scaled || strings.Contains(step.Does, "other than 0") || v.Classes.Of == nil || len(train) < shortcutCases {
		return
	}
	most := 0
	for _, n := range v.Classes.Counts(train) {
		most = max(most, n)
	}
	before, after := toldByMean(v, v.Raw), toldByMean(v, v.Fed)
	if before < levelTells || before < share(most, len(train))+levelAdds || after > before-levelAdds {
		return
	}
	s.Report(diag.New(pre016, step.At.Span, fmt.Sprintf("the mean of a volume tells the class of %.3g %% of the training examples, and behind this of %.3g %%", 100*before, 100*after)).
		And(v.Dataset.ExamplesAt.Span, "the volumes come from here").
		Suggest("if the brightness is part of what is asked: over: dataset"))
}}

// toldByMean is the share of the training examples whose mean is nearest to that
// of their own class.
func toldByMean(v *Scan, r *scan.Result) float64 {
	train := v.training()
	means, counts := make([]float64, len(v.Classes.Names)), v.Classes.Counts(train)
	for _, i := range train {
		means[v.Classes.Of[i]] += r.Whole(i).Mean / float64(counts[v.Classes.Of[i]])
	}
	told := 0
	for _, i := range train {
		nearest, distance := -1, math.Inf(1)
		for k, mean := range means {
			if apart := math.Abs(r.Whole(i).Mean - mean); counts[k] > 0 && apart < distance {
				nearest, distance = k, apart
			}
		}
		if nearest == v.Classes.Of[i] {
			told++
		}
	}
	return share(told, len(train))
}

var pre016 = &diag.Code{
	ID: "PRE016", Severity: diag.Info,
	Title: "scaling each example may take away what the classes differ in",
	Means: "As stored, the mean of a volume tells the classes apart; behind `z_score` over each example every volume has the mean 0, and it does so no longer.",
	Why:   "If the brightness is the disease it is gone. If it is the scanner, that is what the step is for: this is said and not warned of.",
	Ways:  []string{"`over: dataset`, which keeps the differences between examples", "leave it, if the brightness is the scanner's"},
}
