package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// LBL011 is reported by the load stage.
var LBL011 = &Rule{Code: &diag.Code{
	ID: "LBL011", Severity: diag.Error,
	Title: "a label is not a number",
	Means: "Some rows of the labels are NaN or infinite, or their cells in the table are empty. The message names the rows, counting from 0.",
	Why:   "One NaN makes the loss of its batch NaN, and with the next step every weight.",
	Ways:  []string{"fill in the labels that are missing", "take the rows out, of the volumes as well as of the labels"},
}}
