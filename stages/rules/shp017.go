package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// SHP017 is reported by the load stage.
var SHP017 = &Rule{Code: &diag.Code{
	ID: "SHP017", Severity: diag.Error,
	Title: "volumes and masks have different grids",
	Means: "A mask has one value for each voxel of its volume (and so have weights of voxels), so both have the same depth, height and width, in the same order. Only the channel axis is the volume's alone. The message shows both shapes.",
	Why:   "The class of a voxel is found at the same place in the mask. On another grid the network would learn the classes of other places.",
	Ways: []string{
		"name the masks that belong to these volumes",
		"bring the masks to the volumes' grid, taking the nearest voxel: masks cannot be interpolated",
		"for a mask stored as one value for each class, save the number of the class: `arr.argmax(axis=-1)`",
		"for volumes with several values in each voxel, name the axis: `axes: [sample, depth, height, width, channel]`",
	},
}}
