package rules

import (
	"fmt"
	"strconv"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// OUT001 compares the size of the output with the number of classes. Rows of
// labels against a single unit are OUT017's.
var OUT001 = &Rule{Code: out001, Training: func(c *pipeline.Check, t *Training) {
	h := headOf(t.Model)
	units, known := h.width()
	classes, classesAt, told := classesOf(t.Dataset)
	if !known || !told || h.constant() || wrongRank(t, h) {
		return
	}
	want := classes
	switch labels := t.Dataset.Labels; {
	case oneID(labels) && t.Loss.Target() == loss.ClassID:
	case oneID(labels) && t.Loss.Target() == loss.Binary && units == 1 && classes > 2 && !strayed(t.Dataset):
	case oneID(labels) && t.Loss.Target() == loss.OneHot && units > 1: // OUT006's as well, but no less wrong
	case labels.Kind == pipeline.OneHot && units > 1, labels.Rows && overClasses(t.Loss) && units > 1:
	default:
		return
	}
	if units == want {
		return
	}
	if sigmoidOverClasses(t, h) && units == 1 {
		return
	}
	if labels := t.Dataset.Facts; labels != nil && labels.Labels != nil && t.Dataset.Labels.Kind == pipeline.ClassID && !t.Dataset.Labels.Encoded &&
		t.Loss.Target() == loss.ClassID && units > 1 && seenElsewhere(t.Dataset, labels.Labels.Ints, units) {
		return // LBL001: what is trained on fits
	}
	if classes < 2 || miscounted(t.Dataset) {
		return // LBL008, LBL013: the labels are wrong, and not the number of outputs
	}
	d := diag.New(out001, h.unitsAt, fmt.Sprintf("the model ends in %s", plural(units, "value"))).
		And(classesAt, fmt.Sprintf("the labels have %s", plural(classes, "class"))).
		Note("the shapes on the way: %s", Trail(t.Model, len(t.Model.Graph.Nodes)-1))
	if t.Loss.Target() == loss.Binary && units == 1 {
		d = d.Note("one value tells two classes apart, not %d", classes).
			Suggest(fmt.Sprintf("end the model in %d %s with softmax%s", classes, h.values(), overClassesHelp(t.Loss, "sparse_categorical_crossentropy")),
				together(h.edit(strconv.Itoa(classes)), h.activate("softmax"), replaceLoss(c, "sparse_categorical_crossentropy"))...)
	} else if h.units != "" {
		d = d.Suggest(fmt.Sprintf("give the last layer %d %s", classes, h.units), h.edit(strconv.Itoa(classes))...)
	} else {
		d = d.Suggest(fmt.Sprintf("end the model in %d values", classes))
	}
	c.ReportUnless(h.allow, d)
}}

// miscounted says that partitions call the same classes differently, so that they are
// counted twice.
func miscounted(d *pipeline.Dataset) bool {
	if !d.Labels.Encoded {
		_, differs := calledDifferently(d)
		return differs != ""
	}
	if eachLacksIDs(d) {
		return true
	}
	seen := make(map[string]bool)
	for _, name := range d.Labels.Names {
		if seen[plainName(name)] {
			return true
		}
		seen[plainName(name)] = true
	}
	return false
}

// eachLacksIDs says that partitions that were loaded apart each have classes that the
// other lacks.
func eachLacksIDs(d *pipeline.Dataset) bool {
	if len(d.Partitions) == 0 || d.Partitions[0].At.Stage != d.ExamplesAt.Stage || d.Facts == nil || d.Facts.Labels == nil {
		return false
	}
	found, ok := Classify(d)
	if !ok || found.masks != nil {
		return false
	}
	train := found.Counts(d.Facts.Members[pipeline.Train])
	for _, p := range d.Partitions {
		more, less := false, false
		for k, n := range found.Counts(d.Facts.Members[p.Name]) {
			more, less = more || n > 0 && train[k] == 0, less || n == 0 && train[k] > 0
		}
		if more && less {
			return true
		}
	}
	return false
}

var out001 = &diag.Code{
	ID: "OUT001", Severity: diag.Error,
	Title: "the model and the labels disagree about the number of classes",
	Means: "The last layer gives one value for each class. It gives more or fewer than the labels have.",
	Why:   "With too few values some classes can never be told, and their ids point behind the end of the output; other tools then stop in the middle of a training or print NaN. A value too many hides that the labels count from 1.",
	Ways:  []string{"give the last layer as many units as there are classes", "mend the classes of `label_encode`, if it is they that are wrong"},
	Fails: stages(threeHeads, oneHot, network("{dense: {units: 12, activation: softmax}}"),
		"train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}"),
	Mended: stages(threeHeads, oneHot, network("{dense: {units: 3, activation: softmax}}"),
		"train: {optimizer: adam, loss: categorical_crossentropy, epochs: 20}"),
}

// overClassesHelp goes on to name the loss that takes one distribution over the
// classes, unless the loss does so, too.
func overClassesHelp(l loss.Loss, name string) string {
	if isAdaptive(l) {
		return ""
	}
	return ", and use " + name
}

// plural writes a number with its noun: "1 class", "2 classes".
func plural(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case noun[len(noun)-1] == 's':
		return fmt.Sprintf("%d %ses", n, noun)
	case noun == "epoch" || noun[len(noun)-1] != 'h':
		return fmt.Sprintf("%d %ss", n, noun)
	}
	return fmt.Sprintf("%d %ses", n, noun)
}
