package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// PRE001 is reported by cast: see CheckCast.
var PRE001 = &Rule{Code: pre001}

// narrowScale is how far apart values are at most that were brought
// to a scale for a network, and not to one for storing them.
const narrowScale = 2

// fractionsLost finds scaled values that are cast to whole numbers.
func fractionsLost(c *pipeline.Check, before *pipeline.Dataset, to pipeline.DType) bool {
	if !to.Integer() || to == "bool" || before.DType.Integer() {
		return false
	}
	low, high, at, known := rangeOf(before)
	spread := slices.IndexFunc(before.Steps, func(s pipeline.Step) bool { return strings.HasPrefix(s.Does, "z_score") })
	var label string
	switch {
	case known && high-low <= narrowScale:
		least, most := math.Trunc(low), math.Trunc(high)
		label = fmt.Sprintf("of values between %g and %g only %g to %g are left", low, high, least, most)
		if least == most {
			label = fmt.Sprintf("every value between %g and %g becomes %g", low, high, least)
		}
	case !known && spread >= 0:
		at = before.Steps[spread].At
		label = "of values of mean 0 and spread 1 only some seven whole numbers are left"
	default:
		return false
	}
	c.Report(diag.New(pre001, c.At("dtype"), label).
		And(at.Span, "the values are brought to this scale here").
		Note("a cast cuts off what is behind the point: 0.9 becomes 0").
		Suggest("cast to float32", replace(c.At("dtype"), "float32")...).
		Suggest("or cast before the values are scaled"))
	return true
}

var pre001 = &diag.Code{
	ID: "PRE001", Severity: diag.Error,
	Title:  "scaled values as whole numbers",
	Means:  "Values that were brought to a scale such as 0 to 1 are cast to whole numbers. Other arithmetic on whole numbers cannot be written: voxels are float32 in memory whatever the file holds, so that nothing wraps round, as 3 - 5 = 254 does in NumPy's uint8.",
	Why:    "Everything between 0 and 1 becomes 0: the volumes are empty, and the network sees nothing.",
	Ways:   []string{"leave the `cast` out, or `cast: {dtype: float32}`", "put `cast` above the stage that scales"},
	Fails:  stages("phantom", "normalize: {method: min_max}", "cast: {dtype: uint8}"),
	Mended: stages("phantom", "normalize: {method: min_max}", "cast: {dtype: float32}"),
}
