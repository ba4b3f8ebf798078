package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// SHP016 is reported by the load stage.
var SHP016 = &Rule{Code: &diag.Code{
	ID: "SHP016", Severity: diag.Error,
	Title: "the volumes are not all of one size",
	Means: "The files that a pattern, a table or the partitions name hold volumes of different sizes or numbers of axes.",
	Why:   "A batch is one array, and a network is built for one shape of its input.",
	Ways:  []string{"bring the volumes to one size before loading them", "name only the files of one size"},
}}
