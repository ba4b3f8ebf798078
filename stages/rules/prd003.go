package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Fingerprint is what the voxels were like that a model was trained on, after their
// preprocessing.
type Fingerprint struct {
	Print
	// Examples is how many were looked at.
	Examples int `json:"examples,omitempty"`
	// Channels are the prints of each, where there are several.
	Channels []Print `json:"channels,omitempty"`
}

// Print is what the voxels were like in all channels, or in one.
type Print struct {
	// Mean and Deviation are those of all voxels, Apart is the standard deviation of
	// the means of the examples.
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"standard_deviation"`
	Apart     float64 `json:"standard_deviation_of_means"`
}

// FingerprintOf is that of some examples; nil of none.
func FingerprintOf(r *scan.Result, examples []int) *Fingerprint {
	all := r.OverAll(examples)
	if all.Count == 0 {
		return nil
	}
	f := &Fingerprint{Examples: len(examples), Print: printOf(all, examples, r.Whole)}
	if channels := len(r.Examples[examples[0]].Channels); channels > 1 {
		for c := range channels {
			f.Channels = append(f.Channels, printOf(r.Over(examples, c), examples, func(i int) scan.Channel { return r.Examples[i].Channels[c] }))
		}
	}
	return f
}

// printOf is that of examples whose voxels are all together as given.
func printOf(all scan.Channel, examples []int, each func(example int) scan.Channel) Print {
	apart := 0.0
	for _, i := range examples {
		d := each(i).Mean - all.Mean
		apart += d * d
	}
	return Print{Mean: all.Mean, Deviation: all.Deviation(), Apart: math.Sqrt(apart / float64(len(examples)))}
}

// How far from what was trained on an example has to be to be strange: its mean in
// deviations of the means, and of the voxels; its spread as a factor.
const (
	strangeMeans  = 6
	strangeVoxels = 1
	strangeSpread = 5
)

// strange says whether an example is unlike those of the training.
func (f *Print) strange(of scan.Channel) bool {
	away := math.Abs(of.Mean - f.Mean)
	spread := math.Sqrt(of.Squares / float64(of.Count))
	return away > strangeMeans*f.Apart && away > strangeVoxels*f.Deviation || spread > strangeSpread*f.Deviation || spread*strangeSpread < f.Deviation
}

// PRD003 is asked of new data by Strange.
var PRD003 = &Rule{Code: prd003}

// Strange compares new examples with those that a model was trained on. It speaks
// where most of them are unlike those: single ones may be rare cases. At is the
// file of the volumes.
func (f *Fingerprint) Strange(r *scan.Result, at diag.Span) (diag.Diagnostic, bool) {
	if f == nil || f.Deviation == 0 {
		return diag.Diagnostic{}, false
	}
	var list []int
	for i := range r.Examples {
		if of := r.Whole(i); of.Count > 0 && f.strange(of) {
			list = append(list, i)
		}
	}
	if 2*len(list) <= len(r.Examples) || len(list) == 0 {
		return diag.Diagnostic{}, false
	}
	first := r.Whole(list[0])
	return diag.New(prd003, at, fmt.Sprintf("%d of %s are unlike all that the model has seen", len(list), many(len(r.Examples), "volume"))).
		Note("after the run's preprocessing the voxels of sample %d are %.3g ± %.3g; in training they were %.3g ± %.3g, the means of the examples being %.3g apart",
			list[0], first.Mean, math.Sqrt(first.Squares/float64(first.Count)), f.Mean, f.Deviation, f.Apart).
		Suggest("give volumes as the run loaded its own: of the same scanner's units, without any preparation of your own"), true
}

var prd003 = &diag.Code{
	ID: "PRD003", Severity: diag.Warning,
	Title: "volumes unlike those that the model was trained on",
	Means: "`pipe predict` and `pipe evaluate` lead new volumes through the preprocessing of the run, with what it learnt from the training data. Afterwards the mean of most of them is more than 6 standard deviations away from the means of the training examples, and more than one standard deviation of their voxels; or their voxels spread more than 5 times as far, or as little.",
	Why:   "A network says something of everything. Of volumes in other units, or scaled once before, what it says is meaningless, and looks like any other prediction.",
	Ways: []string{
		"give volumes as they were when the run loaded its own: preparation is part of the run",
		"volumes of another scanner: bring them to the same units, or train with some of them",
	},
}
