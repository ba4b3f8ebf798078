package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// PRD004 is reported by the stage that reads the weights.
var PRD004 = &Rule{Code: &diag.Code{
	ID: "PRD004", Severity: diag.Error,
	Title:  "the weights in the file are not those of the model",
	Means:  "A model with `weights` takes arrays from a file by their names. No array of the file has the name of a weight, or some have another shape than the layers; or the model is used without training, and some layers would keep their random start.",
	Why:    "A layer left at its random start makes all predictions meaningless, and nothing would show it.",
	Ways:   []string{"name the file that this model wrote", "give the layers the ids and settings that they had when the file was written, or lead the file's names to them: `weights: {file: …, rename: {old: new}}`", "with a `train` stage, let layers that do not fit start at random: `skip: [head]`"},
	Fails:  stages(heads, "model:\n      layers: [flatten, {dense: {units: 2, activation: softmax}, id: head}]\n      weights: {file: trained.safetensors, skip: [head]}", "evaluate: {on: all}"),
	Mended: stages(heads, "model:\n      layers: [flatten, {dense: {units: 2, activation: softmax}, id: head}]\n      weights: trained.safetensors", "evaluate: {on: all}"),
}}
