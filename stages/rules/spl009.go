package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// SPL009 remarks on a training without a validation partition.
var SPL009 = &Rule{Code: spl009, Training: func(c *pipeline.Check, t *Training) {
	if _, validated := t.Dataset.Partition(pipeline.Validation); validated {
		return
	}
	at, label := c.Item.KindSpan, "nothing is split off"
	if len(t.Dataset.Partitions) > 0 {
		at, label = t.Dataset.Partitions[0].At.Span, "these have no validation part"
	}
	c.Report(diag.New(spl009, at, label).
		And(c.Item.KindSpan, fmt.Sprintf("%s on which nothing is measured but the training itself", plural(t.Epochs, "epoch"))).
		Suggest("give the split a validation part: split: {train: 0.7, validation: 0.15, test: 0.15}").
		Suggest("or cross-validate: split: {folds: 5, fold: 0}"))
}}

var spl009 = &diag.Code{
	// A remark and no warning: a last training on all there is, and one with a test
	// behind it, are right without.
	ID: "SPL009", Severity: diag.Info,
	Title: "no validation partition",
	Means: "A model is trained on a dataset that has no validation partition. Shown with `--info`. A callback that watches one all the same is MET002.",
	Why:   "Without numbers on examples that it does not learn from, nobody sees from which epoch on a network only learns by heart; and who chooses settings by the test has no test left.",
	Ways:  []string{"`split: {train: 0.7, validation: 0.15, test: 0.15}`", "`split: {folds: 5, fold: 0}` where examples are few", "nothing has to be done for a last training on all examples"},
	Fails: stages(heads, "split: {train: 0.8, test: 0.2}", network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 20}"),
	Mended: stages(heads, "split: {train: 0.8, validation: 0.2}", network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 20}"),
}
