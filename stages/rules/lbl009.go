package rules

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/nn/probe"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// LBL009 is reported by load, which knows the files' names. In the voxels it finds
// labels that have nothing to do with the volumes as they stand, and do when they are
// paired otherwise.
var LBL009 = &Rule{Code: lbl009, Voxels: func(s pipeline.Site, v *Scan) {
	features, ok := v.Features()
	if !ok {
		return
	}
	d := v.Dataset
	apart := len(d.Partitions) > 0 && d.Partitions[0].At.Stage == d.ExamplesAt.Stage
	features.Train = slices.Sorted(slices.Values(v.every()))
	if apart {
		features.Train = v.training()
	}
	reached, share, n, ok := features.Halves()
	if !ok || byChance(reached, share, n) < 0.01 {
		return
	}
	at := d.Labels.Source().Span
	told := fmt.Sprintf("of %d volumes, a linear function of block means that learnt from as many others gives %.0f %% their label; always the commonest are %.0f %%", n, 100*reached, 100*share)
	if order, right := rematched(features); order != "" {
		s.Report(diag.New(lbl009, at, "the labels fit the volumes "+order).
			And(d.ExamplesAt.Span, "the volumes come from here").
			Note("%s", told).
			Note("with the labels %s it is %.0f %%", order, 100*right).
			Suggest("bring volumes and labels into the same order: load by a table with a row for each example"))
		return
	}
	if !apart {
		return
	}
	for k, p := range d.Partitions {
		other := features
		other.Train = v.Members[k]
		theirs, common, m, ok := other.Halves()
		if p.Name == pipeline.Train || !ok || m > n || theirs < 0.8 || byChance(theirs, common, m) > 1e-4 {
			continue
		}
		s.Report(diag.New(lbl009, at, "the labels of train have nothing to do with its volumes, those of "+p.Name+" do").
			As(diag.Warning).
			And(p.At.Span, fmt.Sprintf("here it gives %.0f %% of %d volumes their label", 100*theirs, m)).
			Note("%s", told).
			Suggest("look whether the volumes and the labels of train are in the same order"))
		return
	}
}}

// byChance is how probable it is that of n guesses, each right with the probability
// share, so large a part is right, or a larger one.
func byChance(reached, share float64, n int) float64 {
	if share >= 1 {
		return 1
	}
	whole := func(k int) float64 { v, _ := math.Lgamma(float64(k + 1)); return v }
	sum := 0.0
	for k := int(math.Round(reached * float64(n))); k <= n; k++ {
		sum += math.Exp(whole(n) - whole(k) - whole(n-k) + float64(k)*math.Log(share) + float64(n-k)*math.Log(1-share))
	}
	return sum
}

// rematched pairs labels otherwise with their volumes, in the ways in which lists go
// wrong, and gives the first that makes the labels tell far more than chance.
func rematched(f probe.Features) (order string, reached float64) {
	n := len(f.Train)
	asText := make([]int, n) // 0, 1, 10, 11, …, 2, 20, …
	for i := range asText {
		asText[i] = i
	}
	slices.SortFunc(asText, func(a, b int) int { return strings.Compare(strconv.Itoa(a), strconv.Itoa(b)) })
	inverse := make([]int, n)
	for k, i := range asText {
		inverse[i] = k
	}
	for _, way := range []struct {
		order string
		label func(k int) int
	}{
		{"one place further", func(k int) int { return (k + 1) % n }},
		{"one place before", func(k int) int { return (k + n - 1) % n }},
		{"from the last to the first", func(k int) int { return n - 1 - k }},
		{"in the order 0, 1, 10, 11, …, 2, 20, … of names without leading zeros", func(k int) int { return asText[k] }},
		{"in the order of numbers, the volumes being in that of 0, 1, 10, 11, …, 2, 20, …", func(k int) int { return inverse[k] }},
	} {
		paired := f
		paired.Class = slices.Clone(f.Class)
		for k, i := range f.Train {
			paired.Class[i] = f.Class[f.Train[way.label(k)]]
		}
		if reached, share, m, _ := paired.Halves(); reached > 0.6 && byChance(reached, share, m) < 1e-6 {
			return way.order, reached
		}
	}
	return "", 0
}

var lbl009 = &diag.Code{
	ID: "LBL009", Severity: diag.Error,
	Title: "labels in another order than their volumes",
	Means: "The volumes are files that a pattern names; they are taken in the order of their names. The labels are rows of a table, or files of masks, and their own names say that they belong to the same volumes in another order. Or, in the voxels: the labels have no more to do with the volumes than chance as they are paired, and very much so when they are paired one place further, backwards or in the order of names; or those of another partition have.",
	Why:   "Every volume would be trained on the label of another. The loss falls a little, as for labels drawn at random, and nothing is learnt.",
	Ways: []string{
		"load by a table with a row for each example: `load: {table: subjects.csv, volumes: path, labels: diagnosis}`",
		"sort the rows of the table by the names of the files",
		"number files with the same number of digits: scan_01, …, scan_10",
	},
}
