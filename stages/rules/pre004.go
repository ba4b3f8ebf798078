package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// PRE004 is reported by clip, which knows the dataset before it.
var PRE004 = &Rule{Code: pre004}

// rawBeyond is how many times wider than the scaled values bounds have to be
// that were meant for the raw ones.
const rawBeyond = 10

// farthest is how far from 0 standardized values usually are at most.
const farthest = 10

// CheckClip looks at the fixed bounds of a clip.
func CheckClip(c *pipeline.Check, before *pipeline.Dataset, low, high float64) {
	windowOfCT(c, before, low, high)
	i := len(before.Steps) - 1
	for i >= 0 && slices.Contains(keepsValues, before.Steps[i].Kind) {
		i--
	}
	if i < 0 || !before.Steps[i].Scales {
		return
	}
	step := before.Steps[i]
	scaled := fmt.Sprintf("the values are scaled to %g..%g here", step.Low, step.High)
	switch {
	case step.Bounded:
	case strings.HasPrefix(step.Does, "z_score"):
		step.Low, step.High = -farthest, farthest
		scaled = fmt.Sprintf("the values are standardized here: few are further than %d from 0", farthest)
	case strings.HasPrefix(step.Does, "max"):
		// Only the upper end is known; the lower one may be meant to cut negative values off.
		if high > rawBeyond {
			reportClip(c, step, fmt.Sprintf("%g is far above every value", high), "the values are divided by the greatest here: none is above 1")
		}
		return
	default:
		return
	}
	if low > step.Low || high < step.High || high-low < rawBeyond*(step.High-step.Low) {
		return
	}
	reportClip(c, step, fmt.Sprintf("%g to %g cuts nothing off", low, high), scaled)
}

// reportClip says what the bounds do not do, and why.
func reportClip(c *pipeline.Check, step pipeline.Step, what, scaled string) {
	c.Report(diag.New(pre004, c.At("range"), what).
		And(step.At.Span, scaled).
		Note("the bounds look like those of the raw values").
		Suggest("put clip above the stage that scales"))
}

var pre004 = &diag.Code{
	ID: "PRE004", Severity: diag.Warning,
	Title:  "clip behind the scaling that it was meant for",
	Means:  "`clip` has bounds more than ten times as wide as the values that the stage above has scaled, so it cuts nothing off. Bounds of raw values belong above the scaling.",
	Why:    "The outliers that it should cut off have already decided the scale: one voxel of metal presses all tissue into a hundredth of the range.",
	Ways:   []string{"clip first, then `normalize`"},
	Fails:  stages("phantom", "normalize: {method: min_max}", "clip: {range: [-175, 250]}"),
	Mended: stages("phantom", "clip: {range: [-175, 250]}", "normalize: {method: min_max}"),
}
