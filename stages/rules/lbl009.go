package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// LBL009 is reported by load, which knows the files' names.
var LBL009 = &Rule{Code: &diag.Code{
	ID: "LBL009", Severity: diag.Error,
	Title: "labels in another order than their volumes",
	Means: "The volumes are files that a pattern names; they are taken in the order of their names. The labels are rows of a table, or files of masks, and their own names say that they belong to the same volumes in another order.",
	Why:   "Every volume would be trained on the label of another. The loss falls a little, as for labels drawn at random, and nothing is learnt.",
	Ways: []string{
		"load by a table with a row for each example: `load: {table: subjects.csv, volumes: path, labels: diagnosis}`",
		"sort the rows of the table by the names of the files",
		"number files with the same number of digits: scan_01, …, scan_10",
	},
}}
