package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
)

// classCount is how many examples a class has; of masks, how many of them have
// it, and how many of their voxels.
type classCount struct {
	Class    string `json:"class"`
	Examples int    `json:"examples"`
	Voxels   int    `json:"voxels,omitempty"`
}

// classCounts counts the classes of a part of a dataset, in the order of their
// ids; names are in alphabetical order before they have ids. It gives nil where
// labels are not known, or do not name one class for each example.
func classCounts(d *pipeline.Dataset, partition string) []classCount {
	if d.Facts != nil && d.Facts.Masks != nil {
		return voxelCounts(d, partition)
	}
	if d.Facts == nil || d.Facts.Labels == nil {
		return nil
	}
	labels := d.Facts.Labels
	if partition != pipeline.All {
		labels = labels.Select(d.Facts.Members[partition])
	}
	if labels.Texts != nil && labels.Width == 1 {
		return countTexts(labels.Texts)
	}
	if !slices.Contains([]pipeline.LabelKind{pipeline.ClassID, pipeline.OneHot, pipeline.Real}, d.Labels.Kind) {
		return nil
	}
	ids, ok := labels.ClassOf()
	if !ok || len(ids) == 0 || d.Labels.Kind == pipeline.Real && labels.Reals == nil {
		return nil
	}
	return countIDs(ids, d.Labels)
}

// voxelCounts counts the classes of a part's masks, by value as long as they are
// not encoded.
func voxelCounts(d *pipeline.Dataset, partition string) []classCount {
	masks := d.Facts.Masks
	list := make([]classCount, len(masks.Values))
	for k, value := range masks.Values {
		list[k].Class = strconv.FormatInt(value, 10)
		if d.Labels.Encoded && k < len(d.Labels.Names) {
			list[k].Class = d.Labels.Names[k]
		}
	}
	examples := d.Facts.Members[partition]
	if partition == pipeline.All {
		examples = make([]int, len(masks.Of))
		for i := range examples {
			examples[i] = i
		}
	}
	for _, i := range examples {
		for k, n := range masks.Of[i] {
			list[k].Voxels += n
			if n > 0 {
				list[k].Examples++
			}
		}
	}
	return list
}

func countTexts(texts []string) []classCount {
	counts := map[string]int{}
	for _, t := range texts {
		counts[t]++
	}
	var list []classCount
	for class, n := range counts {
		list = append(list, classCount{Class: class, Examples: n})
	}
	slices.SortFunc(list, func(a, b classCount) int { return strings.Compare(a.Class, b.Class) })
	return list
}

// mostClasses is how many classes are counted one by one: class ids that are
// not encoded yet may be any numbers.
const mostClasses = 1000

func countIDs(ids []int, labels pipeline.Labels) []classCount {
	counts := map[int]int{}
	if labels.ClassesKnown && labels.Classes <= mostClasses {
		for class := range labels.Classes {
			counts[class] = 0 // a class without examples is worth showing
		}
	}
	for _, id := range ids {
		counts[id]++
	}
	if len(counts) > mostClasses {
		return nil
	}
	var list []classCount
	for _, id := range sortedKeys(counts) {
		name := strconv.Itoa(id)
		if id >= 0 && id < len(labels.Names) {
			name = labels.Names[id]
		}
		list = append(list, classCount{Class: name, Examples: counts[id]})
	}
	return list
}

func sortedKeys(counts map[int]int) []int {
	keys := make([]int, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// classLine tells class counts in words: "healthy 70, tumour 70"; of voxels
// "background 97.2 %, lesion 2.8 % of the voxels".
func classLine(counts []classCount) string {
	voxels := 0
	for _, c := range counts {
		voxels += c.Voxels
	}
	words := make([]string, len(counts))
	for i, c := range counts {
		words[i] = fmt.Sprintf("%s %d", c.Class, c.Examples)
		if voxels > 0 {
			words[i] = fmt.Sprintf("%s %.3g %%", c.Class, 100*float64(c.Voxels)/float64(voxels))
		}
	}
	line := strings.Join(words, ", ")
	if voxels > 0 {
		line += " of the voxels"
	}
	return line
}
