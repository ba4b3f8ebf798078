package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// DAT007 finds one volume with several labels.
var DAT007 = &Rule{Code: dat007, Voxels: func(s pipeline.Site, v *Scan) {
	var contradicting [][]int
	for _, group := range v.stored().Same() {
		if v.contradicts(group) {
			contradicting = append(contradicting, group)
		}
	}
	if contradicting == nil || v.Classes.masks != nil { // two readers may have drawn on the same scan
		return
	}
	d := diag.New(dat007, v.Dataset.Labels.Source().Span, fmt.Sprintf("%s with more than one label", many(len(contradicting), "volume"))).
		And(v.Dataset.ExamplesAt.Span, "the volumes come from here")
	for k, group := range contradicting {
		if k == 6 {
			d = d.Note("and %d others", len(contradicting)-k)
			break
		}
		other := v.otherLabel(group)
		d = d.Note("samples %d (%s) and %d (%s) are the same voxel for voxel", group[0], v.labelled(group[0]), other, v.labelled(other))
	}
	if v.Classes.Of == nil && v.Dataset.Labels.Kind == pipeline.Real {
		d = d.As(diag.Warning) // two readers may have measured the same scan
	}
	s.Report(d.Note(fromZero).
		Suggest("see which label is right, and leave the other example out").
		Suggest("see whether labels and volumes are in the same order"))
}}

// labelled is the label of an example for a reader.
func (s *Scan) labelled(i int) string {
	if s.Classes.Of != nil {
		return s.Classes.Names[s.Classes.Of[i]]
	}
	return s.Dataset.Facts.Labels.Text(i)
}

var dat007 = &diag.Code{
	ID: "DAT007", Severity: diag.Error,
	Title: "the same volume has different labels",
	Means: "Two examples are the same voxel for voxel, and are said to be of different classes, or have other tags. Where the labels are numbers to be predicted it is a warning: two readers may have measured the same scan.",
	Why:   "At least one of the labels is wrong, and no network can satisfy both.",
	Ways:  []string{"see which label is right, and leave the other example out", "see whether volumes and labels are in the same order: sorted file names are not always those of the table"},
}
