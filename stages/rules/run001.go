package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// RUN001 is reported by the stage that trains.
var RUN001 = &Rule{Code: &diag.Code{
	ID: "RUN001", Severity: diag.Error,
	Title: "the training stopped being finite",
	Means: "The loss of a step is NaN or infinite. The message names where the first number stopped being finite: in the examples, in the output of a layer (and which), in a weight that the step before changed, or in the loss; and the samples of the batch, which the run's record keeps in `nan.json`. The weights that are saved are the last good ones.",
	Why:   "From such a step on every weight is NaN and every prediction the same. It comes from steps that are too long, from volumes that were never scaled, or from a few broken samples.",
	Ways: []string{
		"a lower `learning_rate`, a tenth at first, if the origin is a weight",
		"`gradient_clip: {norm: 1}`",
		"a `normalize` stage, if the origin is a layer's output",
		"look at the samples that are named (`pipe inspect`), if the origin is the examples",
		"`callbacks: [terminate_on_nan]`, to go on with the last good weights",
	},
}}
