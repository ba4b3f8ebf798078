package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// mostBetweenWeights is how many times as much a class may count as another.
const mostBetweenWeights = 1000

// TRN015 finds class weights that are worlds apart.
var TRN015 = &Rule{Code: trn015, Training: func(c *pipeline.Check, t *Training) {
	low, high := math.Inf(1), 0.0
	for _, weight := range t.ClassWeights {
		if weight > 0 {
			low, high = min(low, weight), max(high, weight)
		}
	}
	if high <= mostBetweenWeights*low {
		return
	}
	c.Report(diag.New(trn015, c.At("class_weight"), fmt.Sprintf("one class counts %.0f times as much as another", high/low)).
		Note("a single example of it then outweighs %.0f others, in the one step that it is part of", high/low).
		Suggest("use class_weight: balanced", replace(c.At("class_weight"), "balanced")...).
		Suggest(fmt.Sprintf("or keep the weights within a factor of %d", mostBetweenWeights)))
}}

var trn015 = &diag.Code{
	ID: "TRN015", Severity: diag.Warning,
	Title: "class weights that are worlds apart",
	Means: "The largest class weight is over a thousand times the smallest.",
	Why:   "Steps with an example of the heavy class are a thousand times as long as the others; between them nothing is learnt.",
	Ways:  []string{"`class_weight: balanced`", "weights within a factor of 100"},
	Fails: stages(heads, "label_encode: {classes: 2, form: class_id}", network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, class_weight: {0: 1, 1: 5000}}"),
	Mended: stages(heads, "label_encode: {classes: 2, form: class_id}", network("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, class_weight: balanced}"),
}
