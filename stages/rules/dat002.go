package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// DAT002 finds volumes in which all voxels are the same.
var DAT002 = &Rule{Code: dat002, Voxels: func(s pipeline.Site, v *Scan) {
	r := v.stored()
	var empty []int
	for _, i := range v.every() {
		if c := r.Whole(i); c.Constant() {
			empty = append(empty, i)
		}
	}
	if len(empty) == 0 {
		return
	}
	d := diag.New(dat002, v.Dataset.ExamplesAt.Span, fmt.Sprintf("all voxels are the same in %s, of %d", samples(empty), len(v.every()))).
		Note("sample %d is %g everywhere; %s", empty[0], r.Whole(empty[0]).Min, fromZero).
		Suggest("look at the files: a transfer, a mask or a crop may have left nothing").
		Suggest("leave these samples out of volumes and labels")
	if v.Dataset.Labels.Kind == pipeline.Mask {
		d = d.As(diag.Warning) // a patch of air may well be one
	}
	s.Report(d)
}}

var dat002 = &diag.Code{
	ID: "DAT002", Severity: diag.Error,
	Title: "volumes without an image",
	Means: "Some volumes have the same value in every voxel, often 0: their standard deviation is 0. Where the labels are masks it is a warning, since a patch may lie outside the body.",
	Why:   "Nothing in such a volume tells its class, so the network can only learn it by heart. A z-score of it would divide by zero in most programs; `normalize` makes it 0.",
	Ways: []string{
		"look at the files: a cut-off transfer, an empty mask or a crop beside the object leaves volumes like these",
		"leave the samples out of volumes and labels",
		"`allow: {DAT002: reason}` beside the train stage, if empty volumes with masks are meant",
	},
}
