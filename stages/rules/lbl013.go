package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// LBL013 finds partitions, loaded apart, that call the same classes by other
// names or numbers: names that differ in case or spaces alone, names that
// each lacks of the other, ids that are all
// one more or one less, classes that look like others do in training.
var LBL013 = &Rule{Code: lbl013, Dataset: func(c *pipeline.Check, d *pipeline.Dataset) {
	if p, differs := calledOtherwise(c, d); differs != "" {
		train, _ := d.Partition(pipeline.Train)
		c.Report(diag.New(lbl013, p.At.Span, differs).
			And(train.At.Span, "the training partition is loaded here").
			Note("the numbers of the classes come from one map for all partitions; so a class has to be called the same in each").
			Suggest("call each class the same in all label files"))
	}
}, Voxels: func(s pipeline.Site, v *Scan) {
	d := v.Dataset
	if len(d.Partitions) == 0 || d.Partitions[0].At.Stage != d.ExamplesAt.Stage {
		return // what was split has one list of labels
	}
	train, trained := d.Partition(pipeline.Train)
	features, ok := v.Features()
	if !trained || !ok {
		return
	}
	for k, p := range d.Partitions {
		if p.Name == pipeline.Train {
			continue
		}
		features.Test = v.Members[k]
		renamed, taken := exchanged(features.Taken())
		if renamed == nil {
			continue
		}
		problem := diag.New(lbl013, p.At.Span, fmt.Sprintf("the volumes of %d classes look like those of other classes in train", len(renamed))).
			And(train.At.Span, "the training partition is loaded here")
		for _, class := range renamed[:min(len(renamed), longestList)] {
			other, n := most(taken[class])
			problem = problem.Note("%d of %s that %s calls %s look like %s of train", n, plural(sum(taken[class]), "example"), p.Name, v.Classes.Names[class], v.Classes.Names[other])
		}
		s.Report(problem.Note("that is what a linear function of block means says, which tells the classes of train apart").
			Suggest("give each class the same number in all label files: number them once, for all together").
			Suggest("if the labels are right, look whether the volumes were prepared differently, such as with dark and bright exchanged"))
		return
	}
}}

// exchanged are the classes of which nearly all examples look like those of one
// other class, each like another: none unless they are two or more, with some
// examples each, and no class is left with two names.
func exchanged(taken [][]int) ([]int, [][]int) {
	const fewest, least, share = 4, 8, 0.8
	var renamed []int
	examples := 0
	named := make(map[int]bool)
	for class, row := range taken {
		total := sum(row)
		if total == 0 {
			continue
		}
		other, n := most(row)
		if total < fewest || float64(n) < share*float64(total) || named[other] {
			return nil, nil
		}
		named[other] = true
		if other != class {
			renamed, examples = append(renamed, class), examples+n
		}
	}
	if len(renamed) < 2 || examples < least {
		return nil, nil
	}
	return renamed, taken
}

// most is the place of the largest number.
func most(row []int) (place, n int) {
	for k, v := range row {
		if v > n {
			place, n = k, v
		}
	}
	return place, n
}

// calledOtherwise gives the first partition with such labels, and what is wrong
// with them; "" if there is none.
func calledOtherwise(c *pipeline.Check, d *pipeline.Dataset) (pipeline.Partition, string) {
	if c.Kind != "load" {
		return pipeline.Partition{}, ""
	}
	return calledDifferently(d)
}

// calledDifferently looks at the labels as they are, or at the names that they had
// before they were encoded.
func calledDifferently(d *pipeline.Dataset) (pipeline.Partition, string) {
	if d.Facts == nil || d.Facts.Labels == nil || d.Facts.Members == nil || d.Facts.Labels.Width > 1 {
		return pipeline.Partition{}, ""
	}
	of := func(partition string) *pipeline.LabelValues { return d.Facts.Labels.Select(d.Facts.Members[partition]) }
	train := of(pipeline.Train)
	for _, p := range d.Partitions {
		if p.Name == pipeline.Train || len(d.Facts.Members[p.Name]) == 0 {
			continue
		}
		differs := ""
		switch d.Labels.Kind {
		case pipeline.ClassNames:
			other := of(p.Name).Texts
			if differs = spelt(train.Texts, other, p.Name); differs == "" {
				differs = eachLacks(train.Texts, other, p.Name)
			}
		case pipeline.ClassID:
			differs = shifted(train.Ints, of(p.Name).Ints, p.Name)
		}
		if differs != "" {
			return p, differs
		}
	}
	return pipeline.Partition{}, ""
}

// plainName is a name without what spellings of it differ in.
func plainName(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

func spelt(train, other []string, partition string) string {
	known := make(map[string]string)
	for _, name := range train {
		known[plainName(name)] = name
	}
	for _, name := range other {
		if same, met := known[plainName(name)]; met && same != name && !slices.Contains(train, name) {
			return fmt.Sprintf("%s calls a class %q, train calls it %q", partition, name, same)
		}
	}
	return ""
}

// eachLacks tells of names that only one of two lists has, where both have some.
func eachLacks(train, other []string, partition string) string {
	only := func(list, beside []string) []string {
		return slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(list))), func(name string) bool { return slices.Contains(beside, name) })
	}
	a, b := only(train, other), only(other, train)
	if len(a) == 0 || len(b) == 0 || len(b) == len(slices.Compact(slices.Sorted(slices.Values(other)))) {
		return "" // SPL001 tells of partitions that have no class in common
	}
	return fmt.Sprintf("%s has %s, which train has not; train has %s, which %s has not", partition, classList(b), classList(a), partition)
}

// leastShifted is how many classes have to be one further before that is taken
// for another way of counting.
const leastShifted = 3

func shifted(train, other []int64, partition string) string {
	a, b := slices.Compact(slices.Sorted(slices.Values(train))), slices.Compact(slices.Sorted(slices.Values(other)))
	if len(a) != len(b) || len(a) < leastShifted {
		return ""
	}
	by := b[0] - a[0]
	if by != 1 && by != -1 {
		return ""
	}
	for k := range a {
		if b[k]-a[k] != by {
			return ""
		}
	}
	return fmt.Sprintf("%s has the classes %d to %d, train has %d to %d", partition, b[0], b[len(b)-1], a[0], a[len(a)-1])
}

var lbl013 = &diag.Code{
	ID: "LBL013", Severity: diag.Error,
	Title: "partitions that call the same classes differently",
	Means: "The label files of two partitions differ in a way that no mixture of examples explains: names that are the same but for case or spaces, names on each side that the other lacks, or the same number of ids, all of them one more or one less (1 to 10 where the training has 0 to 9). Or nearly all volumes of each of several classes look like those of one other class in the training partition.",
	Why:   "Every example of the other partition is then compared with the class beside its own: the accuracy is near 0 while the training goes well.",
	Ways: []string{
		"call each class the same in all label files",
		"number the classes once, for all files together: names as labels and `label_encode` do that",
	},
}
