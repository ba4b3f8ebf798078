package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// A range this narrow, with values spread as little, drowns in the first biases.
const (
	collapsedSpread = 0.005
	collapsedRange  = 0.05
)

// DAT005 finds values that have been squeezed into next to nothing.
var DAT005 = &Rule{Code: dat005, Voxels: func(s pipeline.Site, v *Scan) {
	c := v.Fed.OverAll(v.training())
	if c.Count == 0 || c.Min == c.Max || c.Deviation() >= collapsedSpread || c.Max-c.Min >= collapsedRange {
		return
	}
	at := v.Dataset.ExamplesAt.Span
	if step, scaled := lastScaling(v.Dataset); scaled {
		at = step.At.Span
	}
	d := diag.New(dat005, at, fmt.Sprintf("the standard deviation is %.2g, the range %.4g to %.4g", c.Deviation(), c.Min, c.Max))
	if v.Raw != nil {
		raw := v.Raw.OverAll(v.training())
		d = d.Note("as stored, the standard deviation is %.4g, the range %.4g to %.4g", raw.Deviation(), raw.Min, raw.Max)
	}
	s.Report(d.Suggest("scale once, and by what is in the files: normalize: {method: z_score}").
		Suggest("remove a second division by 255"))
}}

// lastScaling is the last step that brings values to a scale.
func lastScaling(d *pipeline.Dataset) (pipeline.Step, bool) {
	for i := len(d.Steps) - 1; i >= 0; i-- {
		if d.Steps[i].Scales {
			return d.Steps[i], true
		}
	}
	return pipeline.Step{}, false
}

var dat005 = &diag.Code{
	ID: "DAT005", Severity: diag.Error,
	Title: "preprocessing leaves all but nothing of the values",
	Means: "What the model is given has a standard deviation below 0.005 and a range below 0.05: all voxels are nearly the same number.",
	Why:   "The first layer's biases and the epsilon of a normalization outweigh differences this small, and the gradient of the first weights is as small as they are.",
	Ways: []string{
		"scale once: values that are 0 to 1 already are divided by 255 again",
		"`normalize: {method: z_score}` below the split",
		"see whether outliers set the scale (DAT004)",
	},
	Fails:  stages(fewHeads, "normalize: {method: min_max, range: [0, 0.001]}", chain(small), learnt("adam")),
	Mended: stages(fewHeads, "normalize: {method: min_max}", chain(small), learnt("adam")),
}
