package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// LBL005 finds classes without an example in a partition. In the training
// partition that is an error, elsewhere a warning. SPL001 tells the case in which
// nothing else of the partitions is right either.
var LBL005 = &Rule{Code: lbl005, Dataset: func(c *pipeline.Check, d *pipeline.Dataset) {
	found, counts, ok := partitionClasses(c, d)
	if !ok || slices.ContainsFunc(d.Partitions, func(p pipeline.Partition) bool { return strangers(counts, p.Name) }) {
		return
	}
	if _, differs := calledOtherwise(c, d); differs != "" {
		return // LBL013
	}
	train, never := counts[pipeline.Train], found.neverSeen(d)
	for _, p := range d.Partitions {
		var missing []string
		for k, n := range counts[p.Name] {
			// What the training partition lacks is told there alone.
			if d.Labels.Kind == pipeline.ClassID && !d.Labels.Encoded && strings.HasPrefix(found.Names[k], "-") {
				continue // no class, but a missing label: LBL014
			}
			if slices.Contains(never, found.Names[k]) {
				continue // there is no example to be had: LBL017
			}
			if n == 0 && (p.Name == pipeline.Train || train[k] > 0) {
				missing = append(missing, found.Names[k])
			}
		}
		if missing != nil && len(d.Facts.Members[p.Name]) > 0 {
			reportMissing(c, d, p, found, counts, missing)
		}
	}
}}

func reportMissing(c *pipeline.Check, d *pipeline.Dataset, p pipeline.Partition, found Classification, counts map[string][]int, missing []string) {
	problem := diag.New(lbl005, p.At.Span, fmt.Sprintf("%s has no %s of %s", p.Name, found.counted(), classList(missing))).
		And(d.Labels.At.Span, "the labels come from here")
	for _, q := range d.Partitions {
		problem = problem.Note("%s: %s", q.Name, found.tell(counts[q.Name]))
	}
	switch only := onlyClass(counts[p.Name]); {
	case p.Name == pipeline.Train && only >= 0:
		problem.Code, problem.Severity = lbl008, diag.Error
		problem.Primary.Label = fmt.Sprintf("all %d %ss of train are %s", counts[p.Name][only], found.counted(), found.Names[only])
	case p.Name == pipeline.Train:
		problem = problem.As(diag.Error)
	default:
		problem = problem.Note("how well these classes are told apart cannot be measured on %s", p.Name)
	}
	if c.Kind == "split" && found.masks == nil && !says(c, "stratify", "true") {
		c.Report(problem.Suggest("write stratify: true to give every partition its share of each class", stageSetting(c, "stratify", "true")...))
		return
	}
	c.Report(problem.Suggest(fmt.Sprintf("add examples with %s to %s, or take the class out of the dataset", classList(missing), p.Name)))
}

// onlyClass is the class that all of several counted have; else -1.
func onlyClass(counts []int) int {
	_, largest := extremes(counts)
	if counts[largest] < 2 || counts[largest] < sum(counts) {
		return -1
	}
	return largest
}

// classList names classes: "class tumour", "the classes 8, 9".
func classList(names []string) string {
	if len(names) == 1 {
		return "class " + names[0]
	}
	if len(names) > longestList {
		return fmt.Sprintf("%d classes (%s, …)", len(names), strings.Join(names[:longestList], ", "))
	}
	return "the classes " + strings.Join(names, ", ")
}

var lbl005 = &diag.Code{
	// A warning, so that it can be allowed; of the training partition it is an error.
	ID: "LBL005", Severity: diag.Warning,
	Title: "a class is missing in a partition",
	Means: "A class has no example in a partition, or, of masks, no voxel. An error in the training partition; a warning in the others.",
	Why:   "A class that training never shows cannot be learnt: the model has an output for it that is never right. A class that the test lacks is left out of what is measured.",
	Ways: []string{
		"`stratify: true` in `split`",
		"more examples of the class",
	},
}
