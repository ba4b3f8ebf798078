package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// SHP012 is reported by the load stage.
var SHP012 = &Rule{Code: &diag.Code{
	ID: "SHP012", Severity: diag.Error,
	Title: "there are not as many labels as volumes",
	Means: "The labels, or the groups, have another number of rows than there are volumes. Labels are matched to volumes by their order, so each volume needs one.",
	Why:   "With one row missing or too many, every volume behind it would be trained with the label of another one.",
	Ways: []string{
		"name the file that belongs to these volumes: labels of `train` are not those of `test`",
		"make both files anew from one list of examples",
		"write one `table` with a row for each example, so that volume and label stand side by side",
	},
}}
