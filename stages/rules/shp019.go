package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// SHP019 is reported by the reshape stage and by the reshape layer.
var SHP019 = &Rule{Code: &diag.Code{
	ID: "SHP019", Severity: diag.Error,
	Title: "a reshape to another number of values",
	Means: "A reshape keeps every value of an example, so the product of the sizes must stay the same: `[10, 64, 64]` has 40960 values and can become `[10, 64, 64, 1]`, but not `[64, 64]`. The shape is that of one example: the number of examples is no part of it.",
	Why:   "Values cannot appear or vanish. A shape that starts with the number of examples, as NumPy's `reshape` wants it, would mix values of different examples.",
	Ways: []string{
		"leave the number of examples out of the shape",
		"write -1 for one size: it is worked out from the others",
		"use `expand_dims: -1` to add a channel axis, whatever the sizes are",
	},
	Fails: stages("load: {volumes: heads.npy, shape: [100, 10, 64, 64], dtype: float32}",
		"reshape: {to: [100, 10, 64, 64, 1]}"),
	Mended: stages("load: {volumes: heads.npy, shape: [100, 10, 64, 64], dtype: float32}",
		"reshape: {to: [10, 64, 64, 1]}"),
}}
