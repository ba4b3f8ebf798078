package rules

import (
	"fmt"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// FPR007 knows numbers that no target between 0 and 1 gives: a cross-entropy
// below 0, a Dice above 1.
var FPR007 = &Rule{Code: fpr007, Log: func(s pipeline.Site, l *Log) {
	for _, column := range l.Columns {
		values, _ := l.Column(column)
		for i, v := range values {
			what := impossible(l, column, v)
			if what == "" {
				continue
			}
			s.Report(diag.New(fpr007, l.at(s, i, "loss"), fmt.Sprintf("%s is %.4g in epoch %d: %s", column, v, l.Epochs[i], what)).
				Note("with targets between 0 and 1 that cannot be; a mask stored as 0 and 255 gives it, and so do class ids above 1 in front of a binary cross-entropy").
				Suggest("encode the labels: label_encode: {classes: 2}, with map: {0: 0, 255: 1} for such a mask").
				Suggest("with more than two classes: an output for each, softmax, and sparse_categorical_crossentropy"))
			return
		}
	}
}}

// impossible says why a value cannot be; "" if it can.
func impossible(l *Log, column string, v float64) string {
	name := strings.TrimPrefix(column, "val_")
	switch {
	case (strings.Contains(name, "dice") || strings.Contains(name, "iou") || strings.Contains(name, "jaccard")) && !strings.Contains(name, "loss") && v > 1.0001:
		return "an overlap is at most 1"
	case name == "loss" && strings.Contains(l.Loss, "crossentropy") && v < -1e-6:
		return "a cross-entropy is at least 0"
	// Losses that are a Dice with its sign turned lie between -1 and 0.
	case name == "loss" && l.Loss == "" && v < -1.001:
		return "neither a cross-entropy nor a Dice goes below -1"
	}
	return ""
}

var fpr007 = &diag.Code{
	ID: "FPR007", Severity: diag.Error,
	Title: "the numbers are those of targets outside 0 to 1",
	Means: "A cross-entropy is negative, or a Dice is above 1.",
	Why:   "The labels hold other numbers than 0 and 1, such as the 255 of a mask that was saved as an image, or the ids of several classes. Here the check refuses them (LBL001, LBL007, OUT013); logs of other programs show it.",
	Ways:  []string{"`label_encode` with a `map` from the stored values to class ids", "an output for each class, softmax and `sparse_categorical_crossentropy`"},
	Log:   "epoch,loss,val_dice\n1,-120.5,1.2\n2,-3100.0,1.97",
}
