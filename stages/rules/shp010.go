package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

const smallUNet = "model:\n      layers:\n        - unet3d: {depth: 3, filters: 4, classes: 2}"

// SHP010 is reported by the model stage, whose layers find it.
var SHP010 = &Rule{Code: &diag.Code{
	ID: "SHP010", Severity: diag.Error,
	Title:  "a size that the halvings do not divide",
	Means:  "An encoder halves the volume several times and a decoder doubles it again. A size that is odd when it is halved loses a voxel, so that on the way back the decoder's volume is not as large as the encoder's, with which it is to be joined.",
	Why:    "The two cannot be joined. Cutting or padding one of them inside of the network would shift the voxels against one another.",
	Ways:   []string{"pad the volumes to the next multiple, or crop them to the one before: the message gives both", "halve less often"},
	Fails:  stages("load: {volumes: heads.npy, shape: [40, 20, 24, 24, 1], dtype: float32}", smallUNet),
	Mended: stages("load: {volumes: heads.npy, shape: [40, 24, 24, 24, 1], dtype: float32}", smallUNet),
}}
