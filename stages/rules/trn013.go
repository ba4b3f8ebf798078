package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// tinyClip is a gradient's length that moves nothing.
const tinyClip = 1e-4

// TRN013 finds gradients that are cut down to nothing. A threshold of 0 is one, too:
// other programs take it for no threshold, or for a gradient that is 0.
var TRN013 = &Rule{Code: trn013, Training: func(c *pipeline.Check, t *Training) {
	for _, clip := range t.Clips {
		if clip.At >= tinyClip {
			continue
		}
		at := c.At("gradient_clip", clip.Setting)
		d := diag.New(trn013, at, fmt.Sprintf("a gradient is cut down to %.3g", clip.At)).
			Note("ordinary gradients have lengths from 0.01 to 10; with plain sgd a step would then move the weights by %.1g at most", clip.At*t.Optimizer.Rate()).
			Suggest("use gradient_clip: {norm: 1}", replace(at, "1")...)
		if clip.At == 0 {
			d = d.Suggest("or, if gradients should be left as they are, leave gradient_clip out")
		}
		c.Report(d)
	}
}}

var trn013 = &diag.Code{
	ID: "TRN013", Severity: diag.Error,
	Title: "gradients are cut down to nothing",
	Means: "The threshold of `gradient_clip` is below 1e-4; 0 does not mean that there is none.",
	Why:   "Every gradient is longer than that, so every step is cut to nearly nothing and nothing is learnt.",
	Ways:  []string{"`gradient_clip: {norm: 1}`", "no `gradient_clip`"},
	Fails: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: sgd, loss: sparse_categorical_crossentropy, epochs: 20, gradient_clip: {norm: 1e-6}}"),
	Mended: stages(heads, network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: sgd, loss: sparse_categorical_crossentropy, epochs: 20, gradient_clip: {norm: 1}}"),
}
