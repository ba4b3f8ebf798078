package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

const (
	// noisyBatch is how many examples make a batch whose gradient is mostly noise.
	noisyBatch = 2
	// noisyRate is how many times the default a learning rate has to be.
	noisyRate = 3
)

// TRN017 remarks on long steps along the gradient of one or two examples. Beyond
// what is usual at all they are TRN001's; of masks every voxel is an example.
var TRN017 = &Rule{Code: trn017, Training: func(c *pipeline.Check, t *Training) {
	name := optimizerName(t.Optimizer)
	rate, usual := t.Optimizer.Rate(), defaultRate(name)
	_, high := usualRates(t.Optimizer)
	if t.BatchSize > noisyBatch || t.BatchSize < 1 || rate < noisyRate*usual || rate > high || t.Task.PerVoxel || optim.Accumulates(t.Optimizer) > 1 {
		return
	}
	if n, known := trainingExamples(t.Dataset).Known(); known && n <= t.BatchSize {
		return // the gradient of everything is no noise
	}
	c.Report(diag.New(trn017, c.At("batch_size"), fmt.Sprintf("each step follows the gradient of %s", plural(t.BatchSize, "example"))).
		And(c.At("optimizer"), fmt.Sprintf("each step goes %.3g times as far as by default", rate/usual)).
		Suggest(fmt.Sprintf("use the default learning_rate of %g", usual)).
		Suggest("or larger batches; gradient_accumulation_steps: 8 has their effect without their memory"))
}}

var trn017 = &diag.Code{
	ID: "TRN017", Severity: diag.Info,
	Title: "long steps along noisy gradients",
	Means: "A batch has one or two examples, and the learning rate is at least three times the optimizer's default. Shown with `--info`.",
	Why:   "The gradient of two examples points elsewhere than that of all; long steps along it jump about, and the loss with them.",
	Ways:  []string{"the default `learning_rate`", "larger batches, or `gradient_accumulation_steps`"},
	Fails: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: {adam: {learning_rate: 5e-3}}, loss: sparse_categorical_crossentropy, epochs: 20, batch_size: 2}"),
	Mended: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: {adam: {learning_rate: 1e-3}}, loss: sparse_categorical_crossentropy, epochs: 20, batch_size: 2}"),
}
