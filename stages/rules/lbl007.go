package rules

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// LBL007 is reported by label_encode, and of masks that nothing encodes by
// LBL001.
var LBL007 = &Rule{Code: lbl007}

// white is what image editors write for yes.
const white = 255

// BlackAndWhite says that masks have been drawn as images: 0 and 255 alone. It
// is false for any others. Encode is the label_encode that is to be told, if there
// is one.
func BlackAndWhite(at diag.Span, d *pipeline.Dataset, values []int64, encode spec.Item) (diag.Diagnostic, bool) {
	if !slices.Equal(values, []int64{0, white}) {
		return diag.Diagnostic{}, false
	}
	problem := diag.New(lbl007, at, fmt.Sprintf("two classes are 0 and 1, the voxels are 0 and %d", white))
	if at != d.Labels.Source().Span {
		problem = problem.And(d.Labels.Source().Span, "the masks come from here")
	}
	regions := fmt.Sprintf("{0: 0, %d: 1}", white)
	return problem.Suggest("say so: label_encode: {map: "+regions+"}", encode.Adding("map", regions)...), true
}

var lbl007 = &diag.Code{
	ID: "LBL007", Severity: diag.Error,
	Title: "masks of 0 and 255",
	Means: "The masks hold 0 and 255, as image editors store black and white. Classes count from 0: these two are 0 and 1.",
	Why:   "Read as classes, 255 would be the last of 256; read as a probability, the loss of a voxel of 255 has no lower bound.",
	Ways:  []string{"`label_encode: {map: {0: 0, 255: 1}}`"},
}
