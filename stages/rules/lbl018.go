package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// LBL018 is reported by the stages that read and encode masks.
var LBL018 = &Rule{Code: &diag.Code{
	ID: "LBL018", Severity: diag.Error,
	Title: "masks that look like images",
	Means: "The class of a voxel is a whole number, and there are few classes. These masks have fractions, or so many different values that they cannot be classes.",
	Why:   "An image named as a mask, or a mask that was interpolated, gives voxels classes that nobody drew.",
	Ways: []string{
		"name the masks instead of the volumes",
		"resample masks by the nearest voxel, never linearly",
		"an atlas with very many regions: `label_encode: {map: …}` lays them together",
	},
}}
