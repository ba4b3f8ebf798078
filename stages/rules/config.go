package rules

import "strings"

// stages writes a whole config with the given stages, for the pages of codes.
func stages(items ...string) string {
	var text strings.Builder
	text.WriteString("version: 1\nstages:\n")
	for _, item := range items {
		text.WriteString("  - " + item + "\n")
	}
	return text.String()
}

// network writes a model stage whose body is the same in all pages and whose
// last layers are the given ones.
func network(head ...string) string {
	layers := append([]string{"{conv3d: {filters: 4, kernel_size: 3, activation: relu}}", "global_average_pool3d"}, head...)
	return "model:\n      layers:\n        - " + strings.Join(layers, "\n        - ")
}

// voxels writes a model stage that keeps the grid and ends in the given layers.
func voxels(head ...string) string {
	layers := append([]string{"{conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}"}, head...)
	return "model:\n      layers:\n        - " + strings.Join(layers, "\n        - ")
}

// The datasets of the pages: heads of two or three classes, 40 of them, with the
// channel axis that a convolution takes.
const (
	heads      = "phantom: {samples: 40, size: [8, 8, 8]}\n  - reshape: {expand_dims: -1}"
	threeHeads = "phantom: {samples: 40, size: [8, 8, 8], classes: 3}\n  - reshape: {expand_dims: -1}"
	headMasks  = "load: {volumes: heads.npy, labels: masks.npy, shape: [40, 8, 8, 8, 1], dtype: float32, label_kind: mask}"
	// fewHeads are enough to learn from in the first steps.
	fewHeads = "phantom: {samples: 40, size: [8, 16, 16]}\n  - reshape: {expand_dims: -1}\n  - split: {train: 0.75, validation: 0.25, stratify: true}"
	oneHot   = "label_encode: {classes: 3}"
	classIDs = "label_encode: {classes: 3, form: class_id}"
)

// small is a network that learns fewHeads, behind something else.
const small = "conv3d: {filters: 8, kernel_size: 3, activation: relu}, max_pool3d, " + smallHead

const smallHead = "flatten, dense: {units: 2, activation: softmax}"

// chain writes a model stage in one line.
func chain(list string) string { return "model: {layers: [" + list + "]}" }

// learnt writes the training of the pages on first steps.
func learnt(optimizer string) string {
	return "train: {optimizer: " + optimizer + ", loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 20, batch_size: 10}"
}
