package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/epochlog"
)

// RUN019 finds classes that are never recognized, in a confusion matrix or in the
// recall of the one class that was asked for.
var RUN019 = &Rule{Code: run019, Log: func(s pipeline.Site, l *Log) {
	if l.Confusion == nil {
		if !l.scoredZero(s) {
			l.neverFound(s)
		}
		return
	}
	if _, moved := permuted(l.Confusion); moved {
		return // FPR012's
	}
	var missed []string
	for class, row := range l.Confusion {
		if n := sum(row); n > 0 && row[class] == 0 {
			missed = append(missed, fmt.Sprint(class))
		}
	}
	if missed == nil {
		return
	}
	d := diag.New(run019, l.atLine(s, l.ConfusionLine, "metrics"), fmt.Sprintf("no example of %s is recognized", classList(missed)))
	for class, row := range l.Confusion {
		if sum(row) > 0 && row[class] == 0 && class < longestList {
			d = d.Note("the %d examples of class %d are taken for: %s", sum(row), class, countList(row))
		}
	}
	s.Report(d.Suggest("give each class the same weight: class_weight: balanced").
		Suggest("look whether there are examples enough of the class: pipe plan counts them").
		Suggest("train longer, or with another learning_rate"))
}}

// scoredZero tells of classes whose score of their own ends at 0 while others have
// more. What a training measures in each epoch has to stay there for a while: rare
// classes are found late.
func (l *Log) scoredZero(s pipeline.Site) bool {
	const stays = 5
	measured := make(map[string]bool)
	for _, c := range l.ByClass {
		measured[c.Measure] = measured[c.Measure] || c.Value > 0
	}
	repeated := slices.ContainsFunc(l.ByClass, func(c epochlog.ClassScore) bool { return c.Measure == "dice" })
	var missed []string
	measure, line := "", 0
	for _, c := range l.ByClass {
		if c.Zeros == 0 || !measured[c.Measure] || repeated && c.Zeros < stays || measure != "" && c.Measure != measure {
			continue
		}
		if missed == nil {
			measure, line = c.Measure, c.Line
		}
		name := "class " + c.Class
		if c.Examples > 0 {
			name += fmt.Sprintf(" (%s)", plural(c.Examples, "example"))
		}
		missed = append(missed, name)
	}
	if missed == nil || !l.Ended {
		return false
	}
	s.Report(diag.New(run019, l.atLine(s, line, "metrics"), fmt.Sprintf("the %s is 0 of %s", measure, listed(len(missed), func(i int) string { return missed[i] }))).
		Suggest("give each class the same weight: class_weight: balanced").
		Suggest("look whether there are examples enough of the class: pipe plan counts them").
		Suggest("train longer, or with another learning_rate"))
	return true
}

// neverFound tells of a recall that ends in 0.
func (l *Log) neverFound(s pipeline.Site) {
	const least = 3
	for _, column := range l.Columns {
		values, _ := l.Column(column)
		if !l.Ended || !strings.HasSuffix(column, "recall") && !strings.HasSuffix(column, "sensitivity") ||
			run(values, func(v float64) bool { return v == 0 }) < least {
			continue
		}
		s.Report(diag.New(run019, l.at(s, l.last(), "metrics"), fmt.Sprintf("%s is 0 in %s: no example of the class is recognized", column, l.epochs(run(values, func(v float64) bool { return v == 0 })))).
			Suggest("give each class the same weight: class_weight: balanced").
			Suggest("look whether there are examples enough of the class: pipe plan counts them").
			Suggest("train longer, or with another learning_rate"))
		return
	}
}

// countList lists what the counts of a row are of: "class 0 (12), class 2 (3)".
func countList(row []int) string {
	text := ""
	for class, n := range row {
		if n > 0 {
			if text != "" {
				text += ", "
			}
			text += fmt.Sprintf("class %d (%d)", class, n)
		}
	}
	return text
}

var run019 = &diag.Code{
	ID: "RUN019", Severity: diag.Warning,
	Title: "a class is never recognized",
	Means: "The confusion matrix has a class of which no example is recognized; or the recall, accuracy or Dice of one class is 0 where others have more (scikit-learn's `classification_report`, a line for each class, nnU-Net's list of Dice, that in five epochs); or the recall of the one class that is asked for ends in 0.",
	Why:   "A single number such as accuracy hides it, above all where the class is rare, and rare classes are often the ones that matter.",
	Ways:  []string{"`class_weight: balanced`", "more examples of the class", "`balanced_accuracy` among the metrics"},
	Log:   "Epoch 1: loss: 0.4, acc: 0.80\n[[40  0  0]\n [ 3 37  0]\n [ 9  1  0]]",
}
