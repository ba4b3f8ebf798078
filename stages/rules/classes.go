package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
)

// Classification is the class of every example of a dataset, or of every voxel.
type Classification struct {
	// Of[i] is example i's class; nil for masks.
	Of []int
	// Names tell each class to a reader: its name, or its label.
	Names []string
	// masks count the voxels of each class; nil where an example has one class.
	masks *pipeline.MaskCounts
}

// Classify finds the classes of a dataset from labels that name exactly one class
// for each example, or for each voxel; false where they do not, or are not at
// hand. Classes that are known to exist but have no example are counted too. Of
// labels that have not been encoded, the distinct values are the classes, in
// order. Real numbers name classes where they are one-hot rows, as Keras'
// to_categorical gives them, or zeros and ones.
func Classify(d *pipeline.Dataset) (Classification, bool) {
	if d.Facts != nil && d.Facts.Masks != nil && len(d.Facts.Masks.Of) > 0 {
		return ofVoxels(d), true
	}
	if d.Facts == nil || d.Facts.Labels == nil || d.Facts.Labels.Len() == 0 {
		return Classification{}, false
	}
	labels := d.Facts.Labels
	switch d.Labels.Kind {
	case pipeline.ClassNames:
		names := slices.Compact(slices.Sorted(slices.Values(labels.Texts)))
		of := make([]int, len(labels.Texts))
		for i, text := range labels.Texts {
			of[i], _ = slices.BinarySearch(names, text)
		}
		return Classification{Of: of, Names: names}, true
	case pipeline.ClassID, pipeline.OneHot, pipeline.Real:
		ids, ok := labels.ClassOf()
		if d.Labels.Kind == pipeline.Real && labels.Reals == nil {
			return Classification{}, false // whole numbers that somebody declared to be none of classes
		}
		if !ok || labels.Width > 1 && d.Labels.Kind == pipeline.ClassID {
			return Classification{}, false
		}
		if d.Labels.Kind == pipeline.ClassID && !d.Labels.Encoded {
			return byValue(ids), true
		}
		classes := max(d.Labels.Classes, slices.Max(ids)+1)
		if labels.Width > 1 {
			classes = labels.Width
		}
		return Classification{Of: ids, Names: classNames(d, classes)}, true
	}
	return Classification{}, false
}

func ofVoxels(d *pipeline.Dataset) Classification {
	masks := d.Facts.Masks
	c := Classification{masks: masks}
	if d.Labels.ClassesKnown && d.Labels.Classes == len(masks.Values) {
		c.Names = classNames(d, d.Labels.Classes)
		return c
	}
	for _, value := range masks.Values {
		c.Names = append(c.Names, fmt.Sprint(value))
	}
	return c
}

// counted is what a class is counted in.
func (c Classification) counted() string {
	if c.masks != nil {
		return "voxel"
	}
	return "example"
}

func byValue(ids []int) Classification {
	values := slices.Compact(slices.Sorted(slices.Values(ids)))
	c := Classification{Of: make([]int, len(ids)), Names: make([]string, len(values))}
	for i, id := range ids {
		c.Of[i], _ = slices.BinarySearch(values, id)
	}
	for k, value := range values {
		c.Names[k] = fmt.Sprint(value)
	}
	return c
}

func classNames(d *pipeline.Dataset, classes int) []string {
	names := make([]string, classes)
	for k := range names {
		names[k] = fmt.Sprint(k)
		if k < len(d.Labels.Names) {
			names[k] = d.Labels.Names[k]
		}
	}
	return names
}

// Counts is how many of the given examples each class has, or of their voxels.
func (c Classification) Counts(examples []int) []int {
	if c.masks != nil {
		return c.masks.Total(examples)
	}
	counts := make([]int, len(c.Names))
	for _, i := range examples {
		counts[c.Of[i]]++
	}
	return counts
}

// every is how many examples or voxels each class has in the whole dataset.
func (c Classification) every() []int {
	if c.masks != nil {
		return c.masks.All()
	}
	counts := make([]int, len(c.Names))
	for _, k := range c.Of {
		counts[k]++
	}
	return counts
}

// Shares are the classes' shares in a partition; nil if it is empty or unknown.
func (c Classification) Shares(d *pipeline.Dataset, partition string) []float64 {
	return sharesOf(c.Counts(d.Facts.Members[partition]))
}

// sharesOf divides counts by their sum; nil if that is 0.
func sharesOf(counts []int) []float64 {
	total := sum(counts)
	if total == 0 {
		return nil
	}
	shares := make([]float64, len(counts))
	for k, n := range counts {
		shares[k] = float64(n) / float64(total)
	}
	return shares
}

// tell lists counts by class: "healthy 30, tumour 0".
func (c Classification) tell(counts []int) string {
	words := make([]string, 0, longestList+1)
	for k, name := range c.Names {
		if k == longestList {
			words = append(words, "…")
			break
		}
		words = append(words, fmt.Sprintf("%s %d", name, counts[k]))
	}
	return strings.Join(words, ", ")
}

// longestList is how many values a message lists.
const longestList = 12

// Occurrences tells which labels stand at the given places of a list of single
// labels, how often, and where first: "7 (10 times, first sample 60)". The most
// frequent come first; samples count from 0.
func Occurrences(labels *pipeline.LabelValues, at []int) string {
	type value struct {
		text         string
		count, first int
	}
	index := make(map[string]int)
	var values []value
	for _, i := range at {
		text := ""
		if labels.Texts != nil {
			text = fmt.Sprintf("%q", labels.Texts[i])
		} else {
			text = fmt.Sprint(labels.Ints[i])
		}
		k, met := index[text]
		if !met {
			k = len(values)
			index[text] = k
			values = append(values, value{text: text, first: i / max(labels.Width, 1)})
		}
		values[k].count++
	}
	slices.SortStableFunc(values, func(a, b value) int { return cmp.Compare(b.count, a.count) })
	words := make([]string, 0, longestList+1)
	for k, v := range values {
		if k == longestList {
			words = append(words, fmt.Sprintf("and %d others", len(values)-k))
			break
		}
		times := "once"
		if v.count > 1 {
			times = fmt.Sprintf("%d times", v.count)
		}
		words = append(words, fmt.Sprintf("%s (%s, first in sample %d)", v.text, times, v.first))
	}
	return strings.Join(words, ", ") + "; samples count from 0"
}

// ProposedMap writes the setting of label_encode that gives the sorted values ids
// from 0: "map: {1: 0, 2: 1}".
func ProposedMap(values []int64) string {
	words := make([]string, 0, longestList+1)
	for id, value := range values {
		if id == longestList {
			words = append(words, "…")
			break
		}
		words = append(words, fmt.Sprintf("%d: %d", value, id))
	}
	return "map: {" + strings.Join(words, ", ") + "}"
}
