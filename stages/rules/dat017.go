package rules

import (
	"fmt"
	"math"
	"slices"

	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// largestFloat16 is the greatest number that float16 holds.
const largestFloat16 = 65504

// DAT017 finds values that float16 has no number for, where it is asked to. Stages
// that learn from voxels report it too, since they cannot go on.
var DAT017 = &Rule{Code: dat017, Voxels: func(s pipeline.Site, v *Scan) {
	if v.Raw == nil {
		return
	}
	if d, found := BeyondFloat16(v.Dataset, v.Raw, v.every()); found {
		s.Report(d)
	}
}}

// BeyondFloat16 compares stored values with what float16 holds, where a cast to it is
// the first stage that changes them.
func BeyondFloat16(d *pipeline.Dataset, raw *scan.Result, examples []int) (diag.Diagnostic, bool) {
	at := slices.IndexFunc(d.Steps, func(s pipeline.Step) bool { return s.Does != "" })
	if at < 0 || d.Steps[at].Does != "cast to float16" {
		return diag.Diagnostic{}, false
	}
	c := raw.OverAll(examples)
	largest := math.Max(math.Abs(c.Min), math.Abs(c.Max))
	if largest <= largestFloat16 {
		return diag.Diagnostic{}, false
	}
	return diag.New(dat017, d.Steps[at].At.Span, fmt.Sprintf("the greatest value is %g, float16 holds up to %d", largest, largestFloat16)).
		Suggest("scale before the cast, or cast to float32"), true
}

var dat017 = &diag.Code{
	// An error, since here the values do become infinite.
	ID: "DAT017", Severity: diag.Error,
	Title: "values are beyond float16",
	Means: "The volumes are cast to float16, whose greatest number is 65504, and hold greater ones.",
	Why:   "What is beyond becomes infinite, and the loss NaN.",
	Ways:  []string{"`cast: {dtype: float32}`", "`normalize` above the cast"},
}
