package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// LBL017 is reported by label_encode of labels that its map names; a label that
// is not in the map is LBL001's.
var LBL017 = &Rule{Code: lbl017}

// CheckMap compares the labels that a map names with those that there are.
func CheckMap(c *pipeline.Check, d *pipeline.Dataset, named []string) {
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
	var missing []string
	for _, label := range named {
		if !met[label] {
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
	// A warning, so that one map can serve several datasets; a label that the map
	// leaves out is an error, LBL001.
	ID: "LBL017", Severity: diag.Warning,
	Title: "a map that names labels which do not occur",
	Means: "`map` gives a class to a label that no example has.",
	Why:   "It is often a misspelling, or the map of another dataset; a class that only such labels have is never seen.",
	Ways: []string{
		"take the label out of the map, or mend it",
		"`allow: {LBL017: one map for all sites}` beside the stage, where the map is right",
	},
}
