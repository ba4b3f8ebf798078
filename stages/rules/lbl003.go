package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// LBL003 is reported by the load stage.
var LBL003 = &Rule{Code: &diag.Code{
	ID: "LBL003", Severity: diag.Error,
	Title: "rows of labels that are not one-hot",
	Means: "The labels were declared `one_hot`: in every row a single 1, in the column of the example's class, and zeros elsewhere. Some rows are not like that. The message names them, counting from 0.",
	Why:   "A row without a 1 belongs to no class, one with several to more than one: a loss for exclusive classes would learn neither.",
	Ways:  []string{"`label_kind: multi_hot`, if an example may have several classes or none", "mend the rows"},
}}
