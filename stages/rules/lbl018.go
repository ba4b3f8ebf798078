package rules

import (
	"fmt"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// LBL018 finds masks that are the volumes themselves. Masks with fractions and many
// values, or with very many, are told by the stages that read and encode them.
var LBL018 = &Rule{Code: lbl018, Voxels: func(s pipeline.Site, v *Scan) {
	if len(v.Alike) == 0 {
		return
	}
	s.Report(diag.New(lbl018, v.Dataset.Labels.Source().Span, fmt.Sprintf("the masks of %s are the volumes themselves, voxel for voxel", samples(v.Alike))).
		And(v.Dataset.ExamplesAt.Span, "the volumes come from here").
		Note("but for a scale and an offset they have the same values; %s", fromZero).
		Suggest("name the masks, not the volumes"))
}}

// manyValues is how many different values masks may have at least.
const manyValues = 64

// LikeAnImage says whether masks have more values than there can be classes.
func LikeAnImage(values, classes int) bool { return values > max(manyValues, 4*classes) }

var lbl018 = &diag.Code{
	ID: "LBL018", Severity: diag.Error,
	Title: "masks that look like images",
	Means: "The class of a voxel is a whole number, and there are few classes. These masks have fractions and many different values (with few it is PRE005), or so many different values that they cannot be classes (more than 64, and more than four times the number of classes); or they are the volumes themselves.",
	Why:   "An image named as a mask, or a mask that was interpolated, gives voxels classes that nobody drew. A mask that is its own volume teaches nothing but to copy.",
	Ways: []string{
		"name the masks instead of the volumes",
		"resample masks by the nearest voxel, never linearly",
		"an atlas with very many regions: `label_encode: {map: …}` lays them together",
	},
}
