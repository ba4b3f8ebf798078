package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// MET002 compares what callbacks watch with the columns of the history, and the
// direction in which they want it to go with the one in which it gets better.
var MET002 = &Rule{Code: met002, Training: func(c *pipeline.Check, t *Training) {
	for i, callback := range t.Callbacks {
		monitor, mode, watches := callback.Monitor()
		if !watches {
			continue
		}
		name, _ := train.Callbacks().NameOf(callback)
		path := []string{"callbacks", fmt.Sprint(i), name, "monitor"}
		at := c.At(path...)
		if !slices.Contains(t.Columns, monitor) {
			edit := func(column string) []diag.Edit {
				if !c.Given(path...) {
					return nil
				}
				return replace(at, column)
			}
			c.Report(unknownColumn(t, at, name, monitor, edit))
			continue
		}
		if better := train.Direction(monitor); better != "" && (mode == "min" || mode == "max") && mode != better {
			modeAt := c.At("callbacks", fmt.Sprint(i), name, "mode")
			c.Report(diag.New(met002, modeAt, fmt.Sprintf("%s gets better the other way: %s", monitor, better)).
				And(at, "this is watched").
				Note("with mode: %s, %s would take the worst epoch for the best", mode, name).
				Suggest(fmt.Sprintf("use mode: %s, or leave it out", better), replace(modeAt, better)...))
		}
	}
}}

// unknownColumn is a monitor that training does not give; edit writes another
// one.
func unknownColumn(t *Training, at diag.Span, callback, monitor string, edit func(string) []diag.Edit) diag.Diagnostic {
	d := diag.New(met002, at, fmt.Sprintf("the history has no column %s", monitor))
	column, validation := strings.CutPrefix(monitor, "val_")
	if validation && slices.Contains(t.Columns, column) {
		label := "nothing is split off for validation"
		if len(t.Dataset.Partitions) > 0 {
			label = "there is no validation partition"
		}
		return d.And(splitAt(t.Dataset), label).
			Note("the columns that begin with val_ are measured on the validation partition").
			Suggest("give the split a validation part: split: {train: 0.7, validation: 0.15, test: 0.15}").
			Suggest("or watch the training: monitor: "+column, edit(column)...)
	}
	d = d.Note("%s watches one of the columns: %s", callback, strings.Join(t.Columns, ", "))
	if near, ok := diag.Nearest(monitor, t.Columns); ok {
		return d.Suggest(fmt.Sprintf("did you mean %s?", near), edit(near)...)
	}
	if slices.Contains(metric.Table().Names(), strings.TrimPrefix(monitor, "val_")) {
		return d.Suggest("measure it: add " + strings.TrimPrefix(monitor, "val_") + " to the metrics")
	}
	return d.Suggest("watch one of these columns")
}

// splitAt is where a dataset got its partitions, or was made if it has none.
func splitAt(d *pipeline.Dataset) diag.Span {
	if len(d.Partitions) > 0 {
		return d.Partitions[0].At.Span
	}
	return d.ExamplesAt.Span
}

var met002 = &diag.Code{
	ID: "MET002", Severity: diag.Error,
	Title: "a callback watches what is never measured, or in the wrong direction",
	Means: "A callback looks at one column of the history after each epoch. The column does not exist, or the callback waits for it to go the way in which it gets worse.",
	Why:   "Nothing would be kept or stopped, or training would stop as soon as the model gets better; and the weights kept as the best would be the worst.",
	Ways:  []string{"name a column of the history: `loss`, a metric, or one of them with `val_` in front", "give the split a `validation` part, which the `val_` columns are measured on", "leave `mode` out"},
	Fails: stages(heads, "split: {train: 0.8, validation: 0.2}", network("{dense: {units: 2, activation: softmax}}"),
		"train:\n      {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 9,\n       callbacks: [early_stopping: {monitor: val_acc, patience: 3}]}"),
	Mended: stages(heads, "split: {train: 0.8, validation: 0.2}", network("{dense: {units: 2, activation: softmax}}"),
		"train:\n      {optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 9,\n       callbacks: [early_stopping: {monitor: val_accuracy, patience: 3}]}"),
}
