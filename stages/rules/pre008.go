package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// PRE008 is reported by cast, which knows the dataset before it.
var PRE008 = &Rule{Code: pre008}

// CheckCast finds values that the type they are cast to cannot hold: fractions, and
// whole numbers that are too large.
func CheckCast(c *pipeline.Check, before *pipeline.Dataset, to pipeline.DType) {
	if fractionsLost(c, before, to) {
		return
	}
	least, most, bounded := to.Bounds()
	low, high, at, known := rangeOf(before)
	if !bounded || to == "bool" || !known || !before.DType.Integer() || low >= least && high <= most {
		return
	}
	c.Report(diag.New(pre008, c.At("dtype"), fmt.Sprintf("%s holds %g to %g", to, least, most)).
		And(at.Span, fmt.Sprintf("the values may be %g to %g", low, high)).
		Note("what is beyond becomes %s's least or greatest number", to).
		Suggest("cast to float32", replace(c.At("dtype"), "float32")...).
		Suggest("or clip to the range first"))
}

var pre008 = &diag.Code{
	ID: "PRE008", Severity: diag.Warning,
	Title:  "a cast that may cut values off",
	Means:  "Whole numbers are cast to a type that cannot hold all of them: `uint16` reaches 65535, `int16` 32767.",
	Why:    "Here values beyond the type's range become its least or greatest number; NumPy wraps them round: 40000 becomes -25536.",
	Ways:   []string{"`cast: {dtype: float32}`", "`clip: {range: [0, 32767]}` first, if nothing is lost by it"},
	Fails:  stages("load: {volumes: heads.npy, shape: [40, 8, 8, 8, 1], dtype: uint16}", "cast: {dtype: int16}"),
	Mended: stages("load: {volumes: heads.npy, shape: [40, 8, 8, 8, 1], dtype: uint16}", "cast: {dtype: float32}"),
}
