package rules

import (
	"fmt"
	"math"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// largestFloat16 is the greatest number that float16 holds.
const largestFloat16 = 65504

// DAT017 finds values that float16 has no number for, where it is asked to.
var DAT017 = &Rule{Code: dat017, Voxels: func(s pipeline.Site, v *Scan) {
	if v.Raw == nil || v.Dataset.DType != "float16" {
		return
	}
	c := v.Raw.OverAll(v.every())
	if largest := math.Max(math.Abs(c.Min), math.Abs(c.Max)); largest > largestFloat16 {
		s.Report(diag.New(dat017, v.Dataset.DTypeAt.Span, fmt.Sprintf("the greatest value is %g, float16 holds up to %d", largest, largestFloat16)).
			Suggest("scale before the cast, or cast to float32"))
	}
}}

var dat017 = &diag.Code{
	ID: "DAT017", Severity: diag.Warning,
	Title: "values are beyond float16",
	Means: "The volumes are cast to float16, whose greatest number is 65504, and hold greater ones.",
	Why:   "What is beyond becomes infinite, and the loss NaN.",
	Ways:  []string{"`cast: {dtype: float32}`", "`normalize` above the cast"},
}
