package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// SHP001 is reported by the model stage, whose layers find it.
var SHP001 = &Rule{Code: &diag.Code{
	ID: "SHP001", Severity: diag.Error,
	Title: "the volumes have no channel axis",
	Means: "A volume of [depth, height, width] reaches a layer that takes [depth, height, width, channel]. Volumes of a single channel are often stored without that axis.",
	Why:   "A convolution sums over the channels. Without the axis it could not tell width from channels.",
	Ways:  []string{"`reshape: {expand_dims: -1}` in front of the model", "`reshape: {to: [depth, height, width, 1]}` with the sizes written out"},
	Fails: stages("load: {volumes: heads.npy, shape: [120, 31, 31, 31], dtype: float32}",
		network("{dense: {units: 2, activation: softmax}}")),
	Mended: stages("load: {volumes: heads.npy, shape: [120, 31, 31, 31], dtype: float32}", "reshape: {expand_dims: -1}",
		network("{dense: {units: 2, activation: softmax}}")),
}}
