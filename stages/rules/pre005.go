package rules

import (
	"fmt"
	"math"
	"slices"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// PRE005 finds class ids that were scaled together with the volumes, before they came
// here: no stage changes a label's value.
var PRE005 = &Rule{Code: pre005, Training: func(c *pipeline.Check, t *Training) {
	values, ids := realIDs(t)
	scale, scaled := scaledIDs(values)
	if !ids || !scaled {
		return
	}
	c.Report(realLabels(c, t, pre005, values).
		Note("times %g they are %s: ids that were scaled together with the volumes", scale, firstNumbers(timesEach(values, scale))).
		Suggest("store the ids of the classes as they were before they were scaled").
		Suggest("if the numbers themselves are to be predicted, use mean_squared_error"))
}}

// Fractions is about the mask of an example that has few different values, some of
// them no whole numbers.
func Fractions(at diag.Span, example int, values []float64) diag.Diagnostic {
	d := diag.New(pre005, at, fmt.Sprintf("the mask of sample %d holds %s", example, firstNumbers(values)))
	if scale, scaled := scaledIDs(values); scaled && scale >= 127 {
		d = d.Note("times %g they are %s: ids that were scaled together with the volumes; %s", scale, firstNumbers(timesEach(values, scale)), fromZero)
	} else {
		d = d.Note("the classes of voxels are whole numbers; fractions come from scaling, or from an interpolation between voxels; %s", fromZero)
	}
	return d.Suggest("store the ids of the classes: scale the volumes alone, and resample masks by the nearest voxel")
}

// scaledIDs gives what real numbers have to be multiplied with to be whole, of what
// volumes are usually divided by: the largest of them, 255, 256, 127. False if they
// are whole as they are.
func scaledIDs(values []float64) (float64, bool) {
	const written = 5e-3 // a table may give 0.00392 for 1/255
	if wholeNumbers(values) {
		return 0, false
	}
	for _, scale := range []float64{float64(len(values) - 1), 255, 256, 127} {
		if scale > 1 && !slices.ContainsFunc(timesEach(values, scale), func(v float64) bool { return math.Abs(v-math.Round(v)) > written }) {
			return scale, true
		}
	}
	return 0, false
}

var pre005 = &diag.Code{
	ID: "PRE005", Severity: diag.Error,
	Title: "labels that were scaled like volumes",
	Means: "The loss chooses one of several classes, and the label file holds fractions that are whole numbers times 255 (or 256, 127, or the number of classes less one): ids that went through the same division as the volumes. Or a mask has fractions and few different values: it was scaled, or resampled between voxels. Here no stage changes the value of a label: what moves voxels moves those of masks as they are, and what changes values leaves labels alone.",
	Why:   "An id of 0.0039 belongs to no output. Where other programs cut the fraction off, every label scaled into 0..1 becomes class 0: the loss falls to nothing, and nothing is learnt.",
	Ways: []string{
		"the ids as they were before they were scaled; preparation is for the volumes alone",
		"masks that were resampled by the nearest voxel, never linearly",
		"a regression, if the numbers are meant: `mean_squared_error` and a single unit without activation",
	},
}
