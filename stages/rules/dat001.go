package rules

import "github.com/voxelpipe/pipe/pipeline/diag"

// DAT001 is reported by the stages that read voxels to learn from them.
var DAT001 = &Rule{Code: &diag.Code{
	ID: "DAT001", Severity: diag.Error,
	Title: "voxels that are not finite",
	Means: "Some voxels are NaN or infinite. The message names the first sample that has such voxels, counting from 0, and how many of them it has.",
	Why:   "One NaN is enough: it reaches every weight in a single step, and from then on the loss is NaN and every prediction the same.",
	Ways: []string{
		"mend the file: NaN often marks voxels outside the brain or the field of view, which may be 0 instead (`np.nan_to_num`)",
		"leave the sample out of volumes and labels",
		"where values are infinite and not NaN: `clip: {range: [low, high]}` above the stage that reads them",
	},
}}
