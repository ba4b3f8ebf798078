package rules

import (
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// SPL006 finds a training that takes its examples class after class.
var SPL006 = &Rule{Code: spl006, Training: func(c *pipeline.Check, t *Training) {
	if !says(c, "shuffle", "false") {
		return
	}
	found, counts, ok := trainedOn(t.Dataset)
	if !ok || found.Of == nil {
		return
	}
	order := found.Of
	if len(t.Dataset.Partitions) > 0 {
		order = nil
		for _, i := range t.Dataset.Facts.Members[pipeline.Train] {
			order = append(order, found.Of[i])
		}
	}
	changes, classes := 0, 0
	for i := 1; i < len(order); i++ {
		if order[i] != order[i-1] {
			changes++
		}
	}
	for _, n := range counts {
		if n > 0 {
			classes++
		}
	}
	if classes < 2 || changes != classes-1 || len(order) <= t.BatchSize || len(order) < 2*classes {
		return
	}
	first := counts[order[0]]
	c.Report(diag.New(spl006, c.At("shuffle"), "the examples are taken in the order of the dataset").
		And(t.Dataset.Labels.At.Span, "the labels are sorted").
		Note("the first %d examples are all %s: in %d batches of %d there is nothing else", first, found.Names[order[0]], first/t.BatchSize, t.BatchSize).
		Suggest("write shuffle: true: each epoch then has another order, decided by the seed", replace(c.At("shuffle"), "true")...))
}}

var spl006 = &diag.Code{
	ID: "SPL006", Severity: diag.Warning,
	Title: "training class after class",
	Means: "The labels are sorted and `shuffle: false` takes the examples in this order: nearly every batch has one class only.",
	Why:   "The model learns to name the class of the last batches, then the next one, and forgets in turn.",
	Ways:  []string{"`shuffle: true` in `train`, which is the default"},
}
