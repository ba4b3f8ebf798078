package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// fewValues is how many values a mean and a variance should be of, where a batch
// is smaller than four.
const fewValues = 256

// ARC006 finds batch normalisation over very few values, those of one channel in all
// voxels of all examples of a batch, or over a single example.
var ARC006 = &Rule{Code: arc006, Training: func(c *pipeline.Check, t *Training) {
	w := wired(t.Model)
	batch := min(t.BatchSize, 3)
	if n, known := trainingExamples(t.Dataset).Known(); known {
		batch = min(t.BatchSize, n)
	}
	if batch >= 4 || batch < 1 {
		return
	}
	for i := range w.Graph.Nodes {
		node := w.node(i)
		if _, is := node.Spec.(*layers.BatchNorm); !is || node.Frozen || len(node.Output) == 0 {
			continue
		}
		voxels := 1
		for _, size := range node.Output[:len(node.Output)-1] {
			n, known := size.Known()
			if !known {
				return
			}
			voxels *= n
		}
		if batch*voxels >= fewValues && batch > 1 {
			continue
		}
		place := w.place(i)
		d := diag.New(arc006, place.Kind, fmt.Sprintf("each mean and variance is of %s: %d × %d", plural(batch*voxels, "value"), batch, voxels)).
			And(c.At("batch_size"), fmt.Sprintf("a batch has %s", plural(batch, "example")))
		switch {
		case batch*voxels >= fewValues:
			d = d.Note("each example is then normalised by itself, and predictions by what all had on average: the two may differ widely")
		case batch*voxels == 1:
			d = d.As(diag.Error).Note("one value minus its own mean is 0: the output is beta, whatever the input")
		}
		c.ReportUnless(place.Allow, d.Suggest("use larger batches").Suggest("or use group_norm or instance_norm, which look at one example"))
		return
	}
}}

var arc006 = &diag.Code{
	// A warning, so that it can be allowed; of single values it is an error.
	ID: "ARC006", Severity: diag.Warning,
	Title: "batch normalisation over very few values",
	Means: "A batch has fewer than four examples, and where a `batch_norm` stands hardly any voxels are left: its means and variances are of fewer than 256 values. Of a single value it is an error. Or a batch is one example, however many voxels it has.",
	Why:   "Statistics of a few values are noise, and other ones in every step; those kept for predictions fit none of them. With one example to a batch, training and prediction normalise differently.",
	Ways:  []string{"a larger `batch_size`", "`group_norm` or `instance_norm`", "`gradient_accumulation_steps` do not help: each small batch is normalised by itself"},
	Fails: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3, activation: relu}, global_average_pool3d, batch_norm, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, batch_size: 1}"),
	Mended: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3, activation: relu}, global_average_pool3d, batch_norm, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20, batch_size: 8}"),
}
