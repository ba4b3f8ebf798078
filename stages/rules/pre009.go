package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// PRE009 is reported by clip: see CheckClip.
var PRE009 = &Rule{Code: pre009}

// withoutUnit are modalities of which no value is below 0, and none in Hounsfield
// units.
var withoutUnit = []string{"mri", "mr", "t1", "t1w", "t2", "t2w", "flair", "pet", "spect", "ultrasound", "us", "microscopy"}

// windowOfCT finds bounds in Hounsfield units on raw values of something else.
func windowOfCT(c *pipeline.Check, d *pipeline.Dataset, low, high float64) {
	const air, tissue, narrowest = -1100, 40, 100 // in Hounsfield units
	if !slices.Contains(withoutUnit, strings.ToLower(d.Modality)) || low >= 0 || low < air || high < tissue || high-low < narrowest ||
		slices.ContainsFunc(d.Steps, func(s pipeline.Step) bool { return s.Scales }) {
		return
	}
	c.Report(diag.New(pre009, c.At("range"), fmt.Sprintf("%g to %g looks like a window in Hounsfield units", low, high)).
		Note("the volumes are %s: no value is below 0, and the scale differs from scan to scan", d.Modality).
		Suggest("use clip: {percentiles: [1, 99]} or normalize: {method: z_score, over: example}"))
}

var pre009 = &diag.Code{
	ID: "PRE009", Severity: diag.Warning,
	Title: "a window of CT on an MRI",
	Means: "`clip` has a lower bound below 0 and looks like a window in Hounsfield units, while `modality` says that the volumes are MRI, PET, ultrasound or microscopy.",
	Why:   "The intensities of an MRI have no unit and are not negative. A window such as -175 to 250 cuts off most of the image at a level that means nothing.",
	Ways: []string{
		"`normalize: {method: z_score, over: example}`, or `clip: {percentiles: [1, 99]}`",
		"`modality: ct`, if that is what they are",
	},
	Fails:  stages("load: {volumes: heads.npy, shape: [40, 8, 8, 8, 1], dtype: float32, modality: mri}", "clip: {range: [-175, 250]}"),
	Mended: stages("load: {volumes: heads.npy, shape: [40, 8, 8, 8, 1], dtype: float32, modality: ct}", "clip: {range: [-175, 250]}"),
}
