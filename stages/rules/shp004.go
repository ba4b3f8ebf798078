package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// SHP004 is reported by the load stage.
var SHP004 = &Rule{Code: &diag.Code{
	ID: "SHP004", Severity: diag.Error,
	Title: "the number of examples stands in the shape of one example",
	Means: "The declared shape has as many sizes as one example has axes, but begins with the number of examples. Either the sample axis is one too many, or an axis of the example was forgotten behind it.",
	Why:   "The number of examples would be taken for a size of the volume: a network for volumes of 630 slices instead of 630 volumes.",
	Ways: []string{
		"write the whole shape of the file, the sample axis included: `[630, 48, 48, 48, 1]`",
		"write `N` for the number of examples: `[N, 48, 48, 48, 1]`",
	},
}}
