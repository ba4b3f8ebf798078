package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// DAT016 finds masks of nothing.
var DAT016 = &Rule{Code: dat016, Voxels: func(s pipeline.Site, v *Scan) {
	at := v.Dataset.Labels.Source().Span
	if m := v.Classes.masks; m != nil && len(m.Values) > 1 {
		marked := 0
		for _, counts := range m.Of {
			most, all := 0, 0
			for _, n := range counts {
				most, all = max(most, n), all+n
			}
			if most < all {
				marked++
			}
		}
		if unmarked := len(m.Of) - marked; unmarked > 0 && marked > 0 {
			s.Report(diag.New(dat016, at, fmt.Sprintf("%d of %d masks mark nothing: each is one class throughout", unmarked, len(m.Of))).As(diag.Info).
				Suggest("nothing has to be done if these are the cases without a finding"))
		}
		if marked == 0 && len(m.Of) > 0 && len(v.Classes.every()) > 1 {
			s.Report(diag.New(dat016, at, fmt.Sprintf("none of %d masks marks anything: each is one class throughout", len(m.Of))).
				Suggest("name the files in which something is marked"))
			return
		}
	}
	if len(v.Outside) == 0 {
		return
	}
	first, list := v.Outside[0], make([]int, len(v.Outside))
	for i, o := range v.Outside {
		list[i] = o.Example
	}
	s.Report(diag.New(dat016, at, fmt.Sprintf("the masks of %s lie outside the image", samples(list))).
		And(v.Dataset.ExamplesAt.Span, "the volumes come from here").
		Note("in sample %d, %d of %d marked voxels have the value of the empty space around the image; %s", first.Example, first.Empty, first.Marked, fromZero).
		Suggest("see whether volumes and masks are in the same order, and of the same orientation"))
}}

var dat016 = &diag.Code{
	ID: "DAT016", Severity: diag.Error,
	Title: "masks that mark nothing of the image",
	Means: "Every mask is of one class throughout (of some it is a remark, shown with `--info`: they may be cases without a finding); or nine tenths of what a mask marks lie where the volume has the one value that fills its corners: in the empty space around the image.",
	Why:   "Masks of other volumes, or masks that are mirrored or shifted, teach the network to mark nothing, or noise.",
	Ways:  []string{"see that volumes and masks are in the same order", "see that both have the same orientation and grid: resample the masks onto the volumes' grid by the nearest voxel"},
}
