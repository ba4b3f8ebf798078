package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// SHP008 is reported by the model stage, whose layers find it.
var SHP008 = &Rule{Code: &diag.Code{
	ID: "SHP008", Severity: diag.Error,
	Title:  "a dense layer behind a volume",
	Means:  "A dense layer takes one row of features. It is given a volume that was neither flattened nor pooled.",
	Why:    "Other tools then use the same few weights at every voxel, along the channels alone, without a word: the model looks right and cannot learn.",
	Ways:   []string{"`global_average_pool3d` in front of it", "`flatten` in front of it"},
	Fails:  stages(heads, "model:\n      layers:\n        - conv3d: {filters: 4, kernel_size: 3, activation: relu}\n        - dense: {units: 2, activation: softmax}"),
	Mended: stages(heads, "model:\n      layers:\n        - conv3d: {filters: 4, kernel_size: 3, activation: relu}\n        - flatten\n        - dense: {units: 2, activation: softmax}"),
}}
