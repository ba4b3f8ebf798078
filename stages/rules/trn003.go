package rules

import (
	"fmt"
	"strconv"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// TRN003 compares the size of a batch with the training partition. A default
// that is larger than a small dataset only means that it is one batch; a size
// that was written down is worth a warning.
var TRN003 = &Rule{Code: trn003, Training: func(c *pipeline.Check, t *Training) {
	n, known := trainingExamples(t.Dataset).Known()
	if !known || n == 0 || t.BatchSize <= n {
		return
	}
	d := diag.New(trn003, c.At("batch_size"), fmt.Sprintf("a batch is %s", plural(t.BatchSize, "example"))).
		And(trainingAt(t.Dataset), fmt.Sprintf("there are %d to train on", n))
	help := fmt.Sprintf("use a batch_size of at most %d", n)
	edit := replace(batchAt(c), strconv.Itoa(n))
	if t.DropLast {
		c.Report(d.As(diag.Error).And(c.At("drop_last"), "an incomplete batch is dropped").
			Note("floor(%d / %d) = 0 steps in an epoch: nothing would be learnt", n, t.BatchSize).
			Suggest(help, edit...).
			Suggest("or leave drop_last out: the examples are then one batch"))
		return
	}
	if c.Given("batch_size") {
		c.Report(d.
			Note("an epoch would be a single step on all examples: %s in all", plural(t.Epochs, "step")).
			Suggest(help, edit...))
	}
}}

// batchAt is the place of a batch size that was written, else no place.
func batchAt(c *pipeline.Check) diag.Span {
	if !c.Given("batch_size") {
		return diag.Span{}
	}
	return c.At("batch_size")
}

// trainingExamples is how many examples are trained on: all of a dataset that
// was not split.
func trainingExamples(d *pipeline.Dataset) shape.Dim {
	if len(d.Partitions) == 0 {
		return d.Examples
	}
	p, _ := d.Partition(pipeline.Train)
	return p.Examples
}

// trainingAt is where that number was decided.
func trainingAt(d *pipeline.Dataset) diag.Span {
	if p, is := d.Partition(pipeline.Train); is {
		return p.At.Span
	}
	return splitAt(d)
}

var trn003 = &diag.Code{
	ID: "TRN003", Severity: diag.Warning,
	Title: "a batch is larger than the training partition",
	Means: "The training partition does not fill one batch. With `drop_last: true` that is an error, since no batch is left; otherwise a warning.",
	Why:   "Without a batch there is no step: every epoch prints a loss and no weight ever changes. With a single incomplete batch an epoch is one step, so ten epochs are ten steps.",
	Ways:  []string{"a smaller `batch_size`", "`drop_last: false`"},
	Fails: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, batch_size: 64, drop_last: true}"),
	Mended: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, batch_size: 8, drop_last: true}"),
}
