package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// fewOfAClass is how many examples of a class are too few to learn it from
// nothing.
const fewOfAClass = 10

// DAT014 finds classes of which all have very few examples to learn from. A single
// starved class is LBL006's. Phantoms are for trying out, a voxel of a mask is an
// example of its own, and weights that have learnt before need fewer.
var DAT014 = &Rule{Code: dat014, Training: func(c *pipeline.Check, t *Training) {
	d := t.Dataset
	if d.Modality == "phantom" || t.Task.Kind != metric.MultiClass && t.Task.Kind != metric.Binary || t.Task.PerVoxel || t.Model.Start != nil {
		return
	}
	classes, most, told, known := largestClass(d)
	if !known || most > fewOfAClass {
		return
	}
	problem := diag.New(dat014, trainingAt(d), told).
		And(c.Item.KindSpan, "a network is trained on them from first weights").
		Note("what these examples have in common by chance fits as well as what makes their class")
	if p, validated := d.Partition(pipeline.Validation); validated {
		if n, sized := p.Examples.Known(); sized && n > 0 {
			problem = problem.Note("an accuracy on validation moves in steps of 1/%d = %.2g", n, 1/float64(n))
		}
	}
	c.Report(problem.
		Suggest(fmt.Sprintf("cross-validate, so that all examples count: split: {folds: %d, fold: 0, stratify: true}", min(5, max(classes, 2)+1))).
		Suggest("or start from weights that have learnt on more: model: {weights: …}"))
}}

// largestClass is how many classes there are and how many training examples the
// largest one has: as counted, or the mean where only the numbers are known.
func largestClass(d *pipeline.Dataset) (classes, most int, told string, known bool) {
	if found, counts, ok := trainedOn(d); ok && found.masks == nil && sum(counts) > 0 {
		_, largest := extremes(counts)
		return len(counts), counts[largest], "no class has more than " + plural(counts[largest], "example") + " to train on: " + found.tell(counts), true
	}
	classes, _, known = classesOf(d)
	n, sized := trainingExamples(d).Known()
	if !known || !sized || classes < 2 || n == 0 {
		return 0, 0, "", false
	}
	each := (n + classes - 1) / classes
	return classes, each, fmt.Sprintf("%s to train on, %.3g for each of %d classes", plural(n, "example"), float64(n)/float64(classes), classes), true
}

var dat014 = &diag.Code{
	ID: "DAT014", Severity: diag.Warning,
	Title: "very few examples of each class",
	Means: "No class has more than 10 examples to train on, and the model starts from nothing. Phantoms and masks are not meant.",
	Why:   "A 3-D network has far more weights than that, and learns the examples instead of the classes; and what a handful of others says of it is chance.",
	Ways: []string{
		"more examples",
		"weights of a model that has learnt on more: `model: {weights: {file: …, freeze: […]}}`",
		"cross-validation: `split: {folds: 5, fold: 0, stratify: true}`",
		"`allow: {DAT014: there are no more cases}` beside the train stage",
	},
}
