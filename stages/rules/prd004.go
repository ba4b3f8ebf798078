package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// PRD004 is reported by the stage that reads the weights.
var PRD004 = &Rule{Code: &diag.Code{
	ID: "PRD004", Severity: diag.Error,
	Title: "the weights in the file are not those of the model",
	Means: "A model with `weights` takes every array from the file, by its name and shape. Some are missing there, or have other shapes, or belong to no layer.",
	Why:   "A layer left at its random start makes all predictions meaningless, and nothing would show it.",
	Ways:  []string{"name the file that this model wrote", "give the layers the ids and settings that they had when the file was written"},
}}
