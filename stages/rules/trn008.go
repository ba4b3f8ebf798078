package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// TRN008 finds losses that are summed over a batch.
var TRN008 = &Rule{Code: trn008, Training: func(c *pipeline.Check, t *Training) {
	if t.Loss.Averages() || t.BatchSize < 2 {
		return
	}
	at := c.At("loss", lossName(t.Loss), "reduction")
	c.Report(diag.New(trn008, at, fmt.Sprintf("the gradient is %d times that of a mean", t.BatchSize)).
		And(c.At("batch_size"), fmt.Sprintf("a batch has %s", plural(t.BatchSize, "example"))).
		Suggest("leave reduction out: the loss is then a mean", replace(at, "sum_over_batch_size")...).
		Suggest("or divide learning_rate by batch_size, and do so again whenever it changes"))
}}

var trn008 = &diag.Code{
	ID: "TRN008", Severity: diag.Warning,
	Title: "a loss that is summed over the batch",
	Means: "`reduction: sum` adds up the losses of a batch in place of taking their mean.",
	Why:   "The gradient grows with the batch, and so does every step of `sgd`: a learning rate that was right for another batch size no longer is. The loss that is shown cannot be compared with ln K either.",
	Ways:  []string{"leave `reduction` out"},
	Fails: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: {sparse_categorical_crossentropy: {reduction: sum}}, epochs: 20}"),
	Mended: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: {sparse_categorical_crossentropy: {reduction: sum_over_batch_size}}, epochs: 20}"),
}
