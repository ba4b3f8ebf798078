package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

func TestSHP014LooksAtTheShortAxis(t *testing.T) {
	config := func(shape, axes, between, pool string) string {
		return pipe("load: {volumes: heads.npy, labels: labels.npy, shape: [200, "+shape+", 1], dtype: float32, label_kind: class_id"+axes+"}"+between,
			"model: {layers: [{conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}, "+pool+", {conv3d: {filters: 8, kernel_size: 3, padding: same, activation: relu}}, flatten, {dense: {units: 2, activation: softmax}}]}",
			"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}")
	}
	const flat, even = "{max_pool3d: {pool_size: [1, 2, 2]}}", "max_pool3d"
	at := "[200, 24, 24, 8, 1]"
	if d := flagged(t, rules.SHP014, config("24, 24, 8", "", "", flat), at, "the short axis of 24×24×8 is taken for the width"); d.Severity != diag.Warning || len(d.Related) != 1 {
		t.Errorf("%+v", d)
	}
	if d := flagged(t, rules.SHP014, config("24, 24, 8", "", "", even), at, "taken for the width"); d.Severity != diag.Info {
		t.Errorf("it is an %s", d.Severity)
	}
	flagged(t, rules.SHP014, config("24, 8, 24", "", "", "{conv3d: {filters: 4, kernel_size: 3, strides: [1, 2, 2], activation: relu}}"), "[200, 24, 8, 24, 1]", "taken for the height")
	spotless(t, config("8, 24, 24", "", "", flat))
	spotless(t, config("24, 24, 16", "", "", even)) // not short
	spotless(t, config("24, 20, 8", "", "", even))  // three different sizes say nothing
	spotless(t, config("24, 24, 8", ", axes: [sample, depth, height, width, channel]", "", flat))
	spotless(t, config("24, 24, 8", "", "\n  - transpose: {order: [2, 1, 0, 3]}", flat))
	spotless(t, config("16, 16, 16", "", "", flat))
}
