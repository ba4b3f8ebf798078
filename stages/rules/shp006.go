package rules

import (
	"strings"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

const fourBlocks = `model:
      layers:
        - conv3d: {filters: 8, kernel_size: 3, activation: relu}
        - max_pool3d
        - conv3d: {filters: 8, kernel_size: 3, activation: relu}
        - max_pool3d
        - conv3d: {filters: 8, kernel_size: 3, activation: relu}
        - max_pool3d
        - conv3d: {filters: 8, kernel_size: 3, activation: relu%s}
        - flatten
        - dense: {units: 2, activation: softmax}`

// SHP006 is reported by the model stage, whose layers find it.
var SHP006 = &Rule{Code: &diag.Code{
	ID: "SHP006", Severity: diag.Error,
	Title: "an axis runs out of voxels",
	Means: "Every convolution without padding, every pooling and every crop leaves fewer voxels. Here an axis has become shorter than the window that the layer lays over it, or than what it cuts off.",
	Why:   "No voxel is left for the output: it would have no element, or less than none.",
	Ways:  []string{"`padding: same`, which keeps the size at the border", "one pooling less", "larger volumes: the message says how large"},
	Fails: stages("load: {volumes: heads.npy, shape: [100, 28, 28, 28, 1], dtype: float32}",
		strings.Replace(fourBlocks, "%s", "", 1)),
	Mended: stages("load: {volumes: heads.npy, shape: [100, 46, 46, 46, 1], dtype: float32}",
		strings.Replace(fourBlocks, "%s", "", 1)),
}}
