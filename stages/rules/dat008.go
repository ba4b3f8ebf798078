package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// DAT008 finds numbers that have been stored in a type that is too small for them:
// the largest have become negative.
var DAT008 = &Rule{Code: dat008, Voxels: func(s pipeline.Site, v *Scan) {
	if v.Raw == nil || !v.Raw.Sketched() || v.Stored != "int16" && v.Stored != "int8" {
		return
	}
	if negativeMRI(s, v) {
		return
	}
	low, high, _ := v.Stored.Bounds()
	group := v.trainingGroup()
	for c := range v.Raw.Channels {
		// Wrapped values go up to the greatest number and on from the least one:
		// both ends are populated, and neither end is one value that was cut off.
		above := v.Raw.Between(group, c, 0.8*high, high)
		below := v.Raw.Between(group, c, low, 0.8*low)
		of := v.Raw.Over(v.training(), c)
		if above < 0.001 || below < 0.001 ||
			float64(of.AtMax) > 0.5*above*float64(of.Count) || float64(of.AtMin) > 0.5*below*float64(of.Count) {
			continue
		}
		s.Report(diag.New(dat008, v.Dataset.ExamplesAt.Span, fmt.Sprintf("%.2g %% of the voxels are near %g, and %.2g %% near %g", 100*above, high, 100*below, low)).
			Note("the values are %g to %g in %s, and continue from the greatest number to the least: as if a larger number had been stored in too small a type", of.Min, of.Max, v.Stored).
			Suggest(fmt.Sprintf("save the volumes as u%s, or as float32", v.Stored)))
		return
	}
}}

// negativeMRI reports whole numbers far below 0 in what is declared an MRI: a magnitude.
// A little below 0 is what resampling leaves beside an edge.
func negativeMRI(s pipeline.Site, v *Scan) bool {
	const ringing, least = 0.05, 0.001
	if v.Dataset.Modality != "mri" && v.Dataset.Modality != "mr" {
		return false
	}
	for c := range v.Raw.Channels {
		of := v.Raw.Over(v.training(), c)
		if of.Min >= 0 || of.Max <= 0 || of.Min > -ringing*of.Max {
			continue
		}
		below := v.Raw.Between(v.trainingGroup(), c, 2*of.Min, -ringing*of.Max)
		if below < least {
			continue
		}
		s.Report(diag.New(dat008, v.Dataset.ExamplesAt.Span, fmt.Sprintf("%.2g %% of the voxels are far below 0, in an MRI", 100*below)).
			Note("the values are %g to %g in %s; an MRI is a magnitude, and has none below 0", of.Min, of.Max, v.Stored).
			Suggest("see whether larger numbers were stored in too small a type, or a background was filled with a negative number").
			Suggest("volumes that are no MRI, or differences of two: leave modality out"))
		return true
	}
	return false
}

var dat008 = &diag.Code{
	ID: "DAT008", Severity: diag.Warning,
	Title: "numbers seem to have wrapped around",
	Means: "The volumes are stored as int16 or int8, and many different values lie near the greatest number of the type and many near the least. Or they are declared an MRI (`modality: mri`), whose values are magnitudes, and one voxel in a thousand is below 0 by more than a twentieth of the greatest value.",
	Why:   "A uint16 image that is saved as int16 keeps its bits and not its values: everything above 32767 becomes negative, and the brightest voxels are the darkest.",
	Ways: []string{
		"save the volumes in the type that they were measured in, or as float32: `x.view(np.uint16)` gives the numbers back",
		"`allow: {DAT008: reason}` beside the train stage, if values really fill the type on both sides of 0",
	},
}
