package rules

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// targetsWithin is the largest standard deviation of targets that training with
// the usual learning rates reaches: ages and lengths in millimetres pass.
const targetsWithin = 100

// LBL016 finds targets of a regression on a scale far from 1.
var LBL016 = &Rule{Code: lbl016, Training: func(c *pipeline.Check, t *Training) {
	plain := []string{"mean_squared_error", "mean_absolute_error", "huber"}
	numbers := labelNumbers(t.Dataset)
	if t.Task.Kind != metric.Regression || t.Dataset.Labels.Kind != pipeline.Real || len(numbers) < 2 || !slices.Contains(plain, lossName(t.Loss)) {
		return
	}
	low, high, mean, deviation := spread(numbers)
	if deviation <= targetsWithin {
		return
	}
	c.Report(diag.New(lbl016, t.Dataset.Labels.Source().Span, fmt.Sprintf("the targets are %.4g to %.4g", low, high)).
		And(c.At("loss"), "they are compared with outputs that begin near 0").
		Note("mean %.4g, standard deviation %.4g; the first mean_squared_error is about %.2g", mean, deviation, mean*mean+deviation*deviation).
		Suggest(fmt.Sprintf("write (target - %.4g) / %.4g into the label file, and undo it with the predictions", mean, deviation)))
}}

var lbl016 = &diag.Code{
	ID: "LBL016", Severity: diag.Warning,
	Title: "regression targets that are not scaled",
	Means: "The targets' standard deviation is more than 100: volumes in cubic millimetres, counts, grams.",
	Why:   "A network's first outputs are near 0 and its weights move by about the learning rate in a step: a target of 50 000 is out of reach for long, and the square of the error, with its gradient, is so large that the first steps may end in NaN.",
	Ways: []string{
		"standardize the targets in their file: subtract the mean of the training examples and divide by their standard deviation",
		"give them in larger units: litres instead of cubic millimetres",
	},
}
