package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// LBL017 finds classes that were declared and have no example at all, where a model
// is to learn them: in a dataset that is split, or trained on as a whole. Of labels
// that a map names it is reported by label_encode, and so is a label that the map leaves out.
var LBL017 = &Rule{Code: lbl017,
	Dataset: func(c *pipeline.Check, d *pipeline.Dataset) {
		if len(d.Partitions) > 0 && (d.Partitions[0].At.Stage == c.ID || d.Labels.At.Stage == c.ID) {
			reportNeverSeen(c, d)
		}
	},
	Training: func(c *pipeline.Check, t *Training) {
		if len(t.Dataset.Partitions) == 0 {
			reportNeverSeen(c, t.Dataset)
		}
	},
}

func reportNeverSeen(c *pipeline.Check, d *pipeline.Dataset) {
	found, ok := Classify(d)
	if !ok {
		return
	}
	missing, counts := found.neverSeen(d), found.every()
	if missing == nil || len(counts)-len(missing) < 2 {
		return // all are of one class: LBL008
	}
	problem := diag.New(lbl017, d.Labels.ClassesAt.Span, fmt.Sprintf("the dataset has no %s of %s", found.counted(), classList(missing))).
		As(diag.Error).
		Note("the classes have: %s", found.tell(counts))
	if counts[0] == 0 && d.Labels.Names == nil {
		problem = problem.Note("classes count from 0; labels that start at 1 leave class 0 empty")
	}
	c.Report(problem.Suggest("declare only the classes that there are").
		Suggest("or add examples of what is missing: the model has an output for it that is never right"))
}

// neverSeen are the classes that label_encode was told of and that have no example in
// any partition.
func (f Classification) neverSeen(d *pipeline.Dataset) (names []string) {
	if !d.Labels.Encoded || f.Of == nil && f.masks == nil {
		return nil
	}
	for k, n := range f.every() {
		if n == 0 {
			names = append(names, f.Names[k])
		}
	}
	return names
}

// CheckMap compares the labels that a map names with those that there are; class is
// that of a label. Of a class that none of its labels has it says nothing: whoever
// trains on it is told.
func CheckMap(c *pipeline.Check, d *pipeline.Dataset, named []string, class func(label string) int) {
	if d.Facts == nil {
		return
	}
	met := make(map[string]bool)
	switch {
	case d.Facts.Masks != nil:
		for _, v := range d.Facts.Masks.Values {
			met[strconv.FormatInt(v, 10)] = true
		}
	case d.Facts.Labels != nil:
		for _, v := range d.Facts.Labels.Ints {
			met[strconv.FormatInt(v, 10)] = true
		}
		for _, text := range d.Facts.Labels.Texts {
			met[text] = true
		}
	}
	if len(met) == 0 {
		return
	}
	seen := make(map[int]bool)
	for _, label := range named {
		seen[class(label)] = seen[class(label)] || met[label]
	}
	var missing []string
	for _, label := range named {
		if !met[label] && seen[class(label)] {
			missing = append(missing, label)
		}
	}
	if missing == nil {
		return
	}
	found := make([]string, 0, len(met))
	for label := range met {
		found = append(found, label)
	}
	slices.SortFunc(found, func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		if x != y {
			return x - y
		}
		return strings.Compare(a, b)
	})
	if len(found) > longestList {
		found = append(found[:longestList:longestList], "…")
	}
	what := "label"
	if len(missing) > 1 {
		what = "labels"
	}
	c.Report(diag.New(lbl017, c.At("map"), fmt.Sprintf("this names the %s %s, which no example has", what, strings.Join(missing, ", "))).
		And(d.Labels.At.Span, "the labels come from here").
		Note("found are: %s", strings.Join(found, ", ")).
		Suggest("take what does not occur out of the map, or mend its spelling"))
}

var lbl017 = &diag.Code{
	// A warning of what occurs nowhere, so that one map can serve several datasets; a
	// class without any example is an error, and so is a label that the map leaves out.
	ID: "LBL017", Severity: diag.Warning,
	Title: "labels or classes are named that do not occur, or occur and are not named",
	Means: "`map` gives a class to a label that no example has, which is a warning, since one map may serve several datasets. Or, which are errors, labels or voxels have a value that `map` leaves out, or `classes` names a class that no example of a dataset to be trained on has, or, of masks, no voxel.",
	Why:   "It is often a misspelling, or the list of another dataset. The model has an output for a class that is never right, and a Dice or an accuracy of it cannot be measured.",
	Ways: []string{
		"take the label out of the map, or the class out of `classes`, or mend its spelling",
		"give what `map` leaves out its class: several labels may have the same one",
		"`allow: {LBL017: one map for all sites}` beside the stage, where the map is right",
	},
}
