package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// LBL008 finds a training all of whose labels are the same. That only the
// training partition has a single class is found where LBL005 compares partitions.
var LBL008 = &Rule{Code: lbl008, Training: func(c *pipeline.Check, t *Training) {
	d := t.Dataset
	if d.Facts == nil {
		return
	}
	if masks := d.Facts.Masks; masks != nil && len(masks.Of) > 1 {
		value, several := -1, false
		for k, n := range masks.All() {
			several = several || n > 0 && value >= 0
			if n > 0 {
				value = k
			}
		}
		if value >= 0 && !several {
			c.Report(diag.New(lbl008, d.Labels.Source().Span, fmt.Sprintf("every voxel of all %d masks is %d", len(masks.Of), masks.Values[value])).
				Suggest("look at the masks: perhaps other files were meant"))
		}
		return
	}
	labels := d.Facts.Labels
	if members, known := d.Facts.Members[pipeline.Train]; known && labels != nil && len(d.Partitions) > 0 && d.Labels.Kind == pipeline.Real {
		labels = labels.Select(members) // numbers have no classes for LBL005 to miss
	}
	if labels == nil || labels.Len() < 2 || labels.Texts != nil {
		return
	}
	for i := labels.Width; i < len(labels.Ints); i++ {
		if labels.Ints[i] != labels.Ints[i-labels.Width] {
			return
		}
	}
	for i := labels.Width; i < len(labels.Reals); i++ {
		if labels.Reals[i] != labels.Reals[i-labels.Width] {
			return
		}
	}
	c.Report(diag.New(lbl008, d.Labels.Source().Span, fmt.Sprintf("all %d labels are %s", labels.Len(), labels.Text(0))).
		And(c.Item.KindSpan, "a model learns here to tell them apart").
		Suggest("look at the labels: perhaps another file or column was meant, or one class was cut out of the dataset"))
}}

var lbl008 = &diag.Code{
	ID: "LBL008", Severity: diag.Error,
	Title: "all labels are the same",
	Means: "Every example that the model is to be trained on has the same label, or every voxel of all masks the same value.",
	Why:   "The loss falls to 0 and the accuracy is 1 within a few steps, whatever is in the volumes: the model has learnt to say one thing.",
	Ways: []string{
		"name the file or the column that holds the labels",
		"take in examples of the other classes",
	},
}
