package rules

import (
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// ARC005 finds dropout right in front of a batch_norm, and remarks on it in front of a
// pooling that takes the largest value.
var ARC005 = &Rule{Code: arc005, Network: func(c *pipeline.Check, m *pipeline.Model) {
	w := wired(m)
	for i := range m.Graph.Nodes {
		before, ok := w.before(i)
		if !ok || !drops(w.node(before).Spec) {
			continue
		}
		place := w.place(before)
		switch w.node(i).Spec.(type) {
		case *layers.BatchNorm:
		case *layers.MaxPool3D:
			c.ReportUnless(place.Allow, diag.New(arc005, place.Kind, "what this leaves out is often not the largest").
				As(diag.Info).
				And(w.place(i).Kind, "this takes the largest of what is left").
				Suggest("put the dropout behind the pooling"))
			continue
		default:
			continue
		}
		c.ReportUnless(place.Allow, diag.New(arc005, place.Kind, "this changes the variance in training only").
			And(w.place(i).Kind, "this keeps that variance for predictions").
			Suggest("put the dropout behind the batch_norm and its activation", w.dropLater(before, i)...))
	}
}}

// dropLater are the edits that move a dropout behind a batch_norm and the activation
// that follows it, where they stand in one list and nothing else takes what they give.
func (w wiring) dropLater(dropout, norm int) []diag.Edit {
	behind := norm
	if next, only := w.next(norm); only {
		if _, bends := activates(w.node(next).Spec); bends {
			behind = next
		}
	}
	if _, only := w.next(dropout); !only {
		return nil
	}
	for _, i := range []int{dropout, norm, behind} {
		if len(w.place(i).Written.From) > 0 {
			return nil
		}
	}
	if reader, only := w.next(behind); only && (reader != behind+1 || len(w.place(reader).Written.From) > 0) || len(w.readers[behind]) > 1 {
		return nil
	}
	return w.place(dropout).Written.MovedBelow(w.place(behind).Written)
}

var arc005 = &diag.Code{
	ID: "ARC005", Severity: diag.Warning,
	Title: "dropout in front of batch normalisation",
	Means: "A `batch_norm` takes what a dropout gives. In front of a `max_pool3d` it is a remark, shown with `--info`: many healthy networks, the first U-Nets among them, have it there.",
	Why:   "Dropout makes the variance larger while training and does nothing afterwards. The statistics that batch_norm keeps are then wrong for every prediction (Li and others, \"Understanding the Disharmony between Dropout and Batch Normalization\", 2018).",
	Ways:  []string{"the order convolution, `batch_norm`, activation, pooling, dropout"},
	Fails: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3}, dropout: {rate: 0.2}, batch_norm, relu, global_average_pool3d, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
	Mended: stages(heads, "model: {layers: [conv3d: {filters: 4, kernel_size: 3}, batch_norm, relu, dropout: {rate: 0.2}, global_average_pool3d, dense: {units: 2, activation: softmax}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}"),
}
