package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestSHP009FindsAFeatureMapAgainstOneLabel(t *testing.T) {
	d := flagged(t, rules.SHP009, pipe(threeVolumes, "label_encode: {classes: 3}", "model: {layers: [{conv3d: {filters: 3, kernel_size: 3}}, softmax]}",
		training("loss: categorical_crossentropy")), "softmax", "the output is [N, 6, 6, 6, 3]")
	if d.Related[0].Label != "the labels are one-hot rows [N, 3]" {
		t.Errorf("the labels' side is told as %q", d.Related[0].Label)
	}
}

func TestSHP009IsQuiet(t *testing.T) {
	healthy(t, pipe(threeVolumes, "label_encode: {classes: 3}", "model: {layers: [{conv3d: {filters: 3, kernel_size: 3}}, global_max_pool3d, softmax]}",
		training("loss: categorical_crossentropy")))
	healthy(t, pipe("load: {volumes: heads.npy, labels: masks.npy, shape: [40, 8, 8, 8, 1], dtype: float32}",
		"model: {layers: [{conv3d: {filters: 3, kernel_size: 3, padding: same}}, softmax]}", training("loss: sparse_categorical_crossentropy")))
	// Labels of which nothing is known may be masks, which label_encode keeps.
	healthy(t, pipe("load: {volumes: heads.npy, labels: masks.npy, shape: [40, 8, 8, 8, 1], dtype: float32}", "label_encode: {classes: 3, form: class_id}",
		"model: {layers: [{conv3d: {filters: 3, kernel_size: 3, padding: same}}, softmax]}", training("loss: sparse_categorical_crossentropy")))
}
