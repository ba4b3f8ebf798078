package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// LBL014 is reported where ids are held against classes: by label_encode, and by
// LBL001 of ids that nothing encodes.
var LBL014 = &Rule{Code: lbl014}

// Missing says that all labels at the places outside, and none elsewhere, are
// negative numbers; false if any of them is not.
func Missing(at diag.Span, d *pipeline.Dataset, labels *pipeline.LabelValues, outside []int) (diag.Diagnostic, bool) {
	if labels.Ints == nil || labels.Width > 1 || len(outside) == 0 {
		return diag.Diagnostic{}, false
	}
	for _, i := range outside {
		if labels.Ints[i] >= 0 {
			return diag.Diagnostic{}, false
		}
	}
	said := fmt.Sprintf("%d labels are negative", len(outside))
	if len(outside) == 1 {
		said = "a label is negative"
	}
	problem := diag.New(lbl014, at, said)
	if at != d.Labels.Source().Span {
		problem = problem.And(d.Labels.Source().Span, "the labels come from here")
	}
	return problem.Note("they are: %s", Occurrences(labels, outside)).
		Note("a negative label often says that it is missing").
		Suggest("take these examples out of volumes and labels, or give every label its class with map in label_encode"), true
}

// AmongClasses says that all values are 0, 1, 2, … but for negative ones: labels, or
// voxels of masks, that nobody gave a class. The values found are sorted.
func AmongClasses(at diag.Span, d *pipeline.Dataset, labels *pipeline.LabelValues, found []int64) (diag.Diagnostic, bool) {
	from, _ := slices.BinarySearch(found, 0)
	if _, counted := countedFromZero(found[from:]); from == 0 || !counted {
		return diag.Diagnostic{}, false
	}
	if d.Labels.Kind == pipeline.Mask {
		return MissingVoxels(at, d, found, 0)
	}
	var outside []int
	for i, id := range labels.Ints {
		if id < 0 {
			outside = append(outside, i)
		}
	}
	return Missing(at, d, labels, outside)
}

// MissingVoxels says that of the sorted values of masks some are negative, and none
// is above the greatest class; 0 where the classes are whatever is found.
func MissingVoxels(at diag.Span, d *pipeline.Dataset, found []int64, classes int) (diag.Diagnostic, bool) {
	if found[0] >= 0 || classes > 0 && found[len(found)-1] >= int64(classes) || d.Facts == nil || d.Facts.Masks == nil {
		return diag.Diagnostic{}, false
	}
	voxels, words, ways := 0, []string{}, []string{}
	for k, value := range d.Facts.Masks.Values {
		if value >= 0 {
			ways = append(ways, fmt.Sprintf("%d: %d", value, value))
			continue
		}
		n := d.Facts.Masks.All()[k]
		voxels, words = voxels+n, append(words, fmt.Sprintf("%d (%s)", value, plural(n, "voxel")))
		ways = append(ways, fmt.Sprintf("%d: 0", value))
	}
	problem := diag.New(lbl014, at, fmt.Sprintf("%s of the masks are negative", plural(voxels, "voxel")))
	if at != d.Labels.Source().Span {
		problem = problem.And(d.Labels.Source().Span, "the masks come from here")
	}
	return problem.Note("they are: %s", strings.Join(firstWords(words), ", ")).
		Note("a negative value often says that nobody looked at the voxel").
		Suggest("if they are background: label_encode with map: {" + strings.Join(firstWords(ways), ", ") + "}").
		Suggest("or write 0 into the masks there, and leave these voxels out of the loss with masks of 0 and 1 as sample_weight in load"), true
}

var lbl014 = &diag.Code{
	ID: "LBL014", Severity: diag.Error,
	Title: "negative class ids",
	Means: "Classes count from 0. Some labels, or voxels of masks, are negative, all others are classes: tables often write -1 for a label that is missing.",
	Why:   "Read as an unsigned number, -1 is 255 or 65535; counted from the end, as Python does, it is the last class.",
	Ways: []string{
		"take the examples without a label out",
		"if -1 is a class: `label_encode: {map: {-1: 0, 1: 1}}`",
	},
}
