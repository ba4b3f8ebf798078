package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Beyond these a network has far more weights than anybody has seen learnt from
// so few examples: ResNet-18 in 3-D has 33 million and learns from a thousand.
const (
	manyForFew     = 1_000_000
	mostPerExample = 200_000
)

// ARC011 compares the weights with the training examples. Where every voxel is
// an answer, the examples are voxels, and there are enough of them.
var ARC011 = &Rule{Code: arc011, Training: func(c *pipeline.Check, t *Training) {
	w := wired(t.Model)
	trained, _, known := w.weights()
	n, counted := trainingExamples(t.Dataset).Known()
	if !known || !counted || n == 0 || perVoxel(t.Model) || trained < manyForFew || trained/n < mostPerExample {
		return
	}
	c.Report(diag.New(arc011, w.heaviest().Kind, fmt.Sprintf("most of the model's %s weights are here", grouped(trained))).
		And(trainingAt(t.Dataset), fmt.Sprintf("it is trained on %s", plural(n, "example"))).
		Note("that is %s weights for each example", grouped(trained/n)).
		Suggest("use fewer filters, or global_average_pool3d in place of flatten").
		Suggest("or start from weights that were trained on more data: model: {weights: …}"))
}}

// grouped writes a large number in groups of three digits.
func grouped(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + " " + text[i:]
	}
	return text
}

var arc011 = &diag.Code{
	ID: "ARC011", Severity: diag.Warning,
	Title: "far more weights than examples can teach",
	Means: "The model has over a million weights, and over 200 000 for each training example.",
	Why:   "It can learn every example by heart, and will.",
	Ways:  []string{"a smaller network", "`global_average_pool3d` in place of `flatten`", "weights that were trained elsewhere"},
	Fails: stages("phantom: {samples: 20, size: [16, 32, 32]}", "reshape: {expand_dims: -1}", "model: {layers: [conv3d: {filters: 8, kernel_size: 3, padding: same, activation: relu}, max_pool3d, flatten, dense: {units: 256, activation: relu}, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages("phantom: {samples: 20, size: [16, 32, 32]}", "reshape: {expand_dims: -1}", "model: {layers: [conv3d: {filters: 8, kernel_size: 3, padding: same, activation: relu}, max_pool3d, conv3d: {filters: 16, kernel_size: 3, padding: same, activation: relu}, max_pool3d, global_average_pool3d, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
