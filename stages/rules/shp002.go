package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// SHP002 is reported by the load stage, which compares what it was told with the
// headers of the files, and by the model of examples with an axis too many.
var SHP002 = &Rule{Code: &diag.Code{
	ID: "SHP002", Severity: diag.Error,
	Title: "the shape or type is not the one that is declared, or taken",
	Means: "`shape`, `axes` and `dtype` of a `load` say what the file will hold, so that a config can be checked without it. They disagree with one another, or with the header of the file. Or an example has more axes than a layer for volumes takes: its channel axis was added twice, or a batch axis is in the file.",
	Why:   "Every shape further down was worked out from what was declared. If that is wrong, so are the checks.",
	Ways: []string{
		"write what the file holds: `pipe inspect FILE` shows it",
		"leave `shape` and `dtype` out: `pipe plan` and `pipe run` take them from the header",
		"a channel axis that was there already: leave `expand_dims` out, or `squeeze` the axis of size 1",
		"if the file's axes come in another order, name them with `axes` as they are and mend them with `transpose`",
	},
	Fails: stages("load: {volumes: heads.npy, axes: [sample, depth, height, width], shape: [N, 16, 32, 32, 1]}"),
	Mended: stages("load: {volumes: heads.npy, axes: [sample, depth, height, width], shape: [N, 16, 32, 32]}",
		"reshape: {expand_dims: -1}"),
}}
