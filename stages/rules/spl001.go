package rules

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// SPL001 finds partitions all of whose classes are strangers to the training
// partition.
var SPL001 = &Rule{Code: spl001, Dataset: func(c *pipeline.Check, d *pipeline.Dataset) {
	found, counts, ok := partitionClasses(c, d)
	if !ok {
		return
	}
	train, _ := d.Partition(pipeline.Train)
	for _, p := range d.Partitions {
		if !strangers(counts, p.Name) {
			continue
		}
		problem := diag.New(spl001, p.At.Span, fmt.Sprintf("%s holds: %s", p.Name, found.tell(counts[p.Name]))).
			And(train.At.Span, "train holds: "+found.tell(counts[pipeline.Train])).
			And(d.Labels.At.Span, "the labels come from here").
			Note("no class is in both: whatever is learnt from train, the accuracy on %s will be 0", p.Name)
		if says(c, "shuffle", "false") {
			c.Report(problem.Note("the labels are sorted, and without shuffling the first examples are for training").
				Suggest("write shuffle: true", stageSetting(c, "shuffle", "true")...).
				Suggest("or stratify: true"))
			return
		}
		c.Report(problem.Suggest("mix the classes: load the examples as one dataset and split it with stratify: true"))
		return
	}
}}

// says tells whether the config gives a setting this value.
func says(c *pipeline.Check, setting, value string) bool {
	return c.Given(setting) && c.Places.Node(setting).Text == value
}

// partitionClasses gives the counts of every class in every partition, at the
// stage that made the partitions; false elsewhere, and where they are not known.
func partitionClasses(c *pipeline.Check, d *pipeline.Dataset) (Classification, map[string][]int, bool) {
	if len(d.Partitions) == 0 || d.Partitions[0].At.Stage != c.ID || d.Facts == nil || d.Facts.Members == nil {
		return Classification{}, nil, false
	}
	if _, trained := d.Partition(pipeline.Train); !trained {
		return Classification{}, nil, false
	}
	found, ok := Classify(d)
	if !ok || len(found.Names) < 2 || pictured(d) {
		return Classification{}, nil, false
	}
	counts := make(map[string][]int)
	for _, p := range d.Partitions {
		counts[p.Name] = found.Counts(d.Facts.Members[p.Name])
	}
	return found, counts, true
}

// pictured says that masks look like images: values that are no classes cannot be
// missing. What is wrong is told where the number of classes is known.
func pictured(d *pipeline.Dataset) bool {
	if d.Labels.Encoded || d.Facts.Masks == nil {
		return false
	}
	_, counted := countedFromZero(d.Facts.Masks.Values)
	return !counted && len(d.Facts.Masks.Values) > manyValues
}

// strangers says whether a partition has examples, none of them of a class that
// the training partition has.
func strangers(counts map[string][]int, partition string) bool {
	any := false
	for k, n := range counts[partition] {
		if n > 0 && counts[pipeline.Train][k] > 0 {
			return false
		}
		any = any || n > 0
	}
	return any && slices.Max(counts[pipeline.Train]) > 0
}

var spl001 = &diag.Code{
	ID: "SPL001", Severity: diag.Error,
	Title: "a partition shares no class with the training partition",
	Means: "Every example of the partition is of a class that the training partition has not one example of. Mostly the examples are sorted by class and were cut in order.",
	Why:   "The model never sees these classes, so its accuracy on the partition is exactly 0 from the first epoch on, while the training loss falls.",
	Ways: []string{
		"`stratify: true` gives every partition the same mixture of classes",
		"`shuffle: true` in `split` (shuffling in `train` comes after the split and does not help)",
	},
}
