package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// A shortcut tells nearly all examples, of at least so many, apart; a class that
// is nearly all of them needs none.
const (
	shortcutTells  = 0.97
	shortcutCases  = 20
	shortcutNeeded = 0.9
)

// DAT012 finds classes that the padding around the image gives away.
var DAT012 = &Rule{Code: dat012, Voxels: func(s pipeline.Site, v *Scan) {
	r, train := v.stored(), v.training()
	if v.Classes.Of == nil || len(train) < shortcutCases {
		return
	}
	found := make(map[float64][]int)
	for _, i := range train {
		c := r.Examples[i].Channels[0]
		if !c.Framed || c.Constant() {
			return // noise around the image, or no frame at all
		}
		if found[c.Corner] == nil {
			found[c.Corner] = make([]int, len(v.Classes.Names))
		}
		found[c.Corner][v.Classes.Of[i]]++
	}
	told, values := 0, make([]float64, 0, len(found))
	for value, counts := range found {
		told += slices.Max(counts)
		values = append(values, value)
	}
	most := slices.Max(v.Classes.Counts(train))
	if len(found) < 2 || len(found) > 2*len(v.Classes.Names) || share(told, len(train)) < shortcutTells || share(most, len(train)) > shortcutNeeded {
		return
	}
	slices.Sort(values)
	words := make([]string, len(values))
	for k, value := range values {
		words[k] = fmt.Sprintf("%g: %s", value, v.Classes.tell(found[value]))
	}
	s.Report(diag.New(dat012, v.Dataset.ExamplesAt.Span, fmt.Sprintf("the value around the image tells the class of %.3g %% of the training examples", 100*share(told, len(train)))).
		And(v.Dataset.Labels.At.Span, "the labels come from here").
		Note("the voxels in the corners are %s", strings.Join(words, "; ")).
		Suggest("fill the space around the image with the same value in all volumes").
		Suggest("cut the volumes to the image"))
}}

var dat012 = &diag.Code{
	ID: "DAT012", Severity: diag.Warning,
	Title: "something beside the image gives the class away",
	Means: "The one value that fills the corners of each training volume is another one in another class: by it alone 97 % of the examples or more are told apart.",
	Why:   "The network learns the padding of a scanner or a program instead of the disease: a perfect accuracy here, and chance on data from anywhere else.",
	Ways:  []string{"fill the space around the image with one value in all volumes, before they are loaded", "cut the volumes to the image", "mix sites and programs within every class", "`allow: {DAT012: reason}` beside the train stage, if the class is the padding"},
}
