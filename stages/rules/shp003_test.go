package rules_test

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

const thin = "model: {layers: [{conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}, global_average_pool3d, {dense: {units: 2, activation: softmax}}]}"

func TestSHP003FindsTheChannelInFront(t *testing.T) {
	d := flagged(t, rules.SHP003, pipe("load: {volumes: heads.npy, shape: [120, 1, 64, 64, 64], dtype: float32}", thin),
		"[120, 1, 64, 64, 64]", "the first axis has size 1, the last one size 64")
	if !strings.Contains(d.Help[0].Text, "transpose: {order: [1, 2, 3, 0]}") {
		t.Errorf("the help is %q", d.Help[0].Text)
	}
}

func TestSHP003BelievesTheNames(t *testing.T) {
	flagged(t, rules.SHP003, pipe("load: {volumes: heads.npy, axes: [sample, channel, depth, height, width], shape: [N, 2, 6, 6, 6], dtype: float32}", thin),
		"[N, 2, 6, 6, 6]", "the first axis is named channel")
}

func TestSHP003IsQuiet(t *testing.T) {
	for _, volumes := range []string{
		"load: {volumes: heads.npy, shape: [120, 64, 64, 64, 1], dtype: float32}",
		// A single slice of few channels, or of few pixels with many.
		"load: {volumes: heads.npy, shape: [120, 1, 64, 64, 4], dtype: float32}",
		"load: {volumes: heads.npy, shape: [120, 1, 2, 2, 64], dtype: float32}",
		"load: {volumes: heads.npy, shape: [120, 1, 64, 64, C], dtype: float32}",
		"load: {volumes: heads.npy, axes: [sample, channel, depth, height, width], shape: [120, 1, 64, 64, 64], dtype: float32}\n  - transpose: {order: [depth, height, width, channel]}",
		"load: {volumes: heads.npy, shape: [120, 1, 64, 64, 64], dtype: float32}\n  - transpose: {order: [1, 2, 3, 0]}",
		// What is called channel here only stood last when the axes were made.
		"load: {volumes: heads.npy, shape: [120, 4, 4, 4], dtype: float32}\n  - reshape: {to: [2, 2, 2, 8]}\n  - transpose: {order: [3, 0, 1, 2]}",
	} {
		healthy(t, pipe(volumes, thin))
	}
}

// TestSHP003SuspectsAFewChannels: without two equal sides only the sizes speak for
// them, and axes that are written out are believed.
func TestSHP003SuspectsAFewChannels(t *testing.T) {
	flagged(t, rules.SHP003, pipe("load: {volumes: heads.npy, shape: [100, 4, 64, 64, 64], dtype: float32}", thin),
		"[100, 4, 64, 64, 64]", "the first axis has size 4, the last one size 64")
	flagged(t, rules.SHP003, pipe("load: {volumes: heads.npy, shape: [100, 2, 10, 32, 32], dtype: float32}", thin),
		"[100, 2, 10, 32, 32]", "the first axis has size 2, the last one size 32")
	d := flagged(t, rules.SHP003, pipe("load: {volumes: heads.npy, shape: [100, 4, 64, 48, 32], dtype: float32}", thin),
		"[100, 4, 64, 48, 32]", "the first axis has size 4, the last one size 32")
	if d.Severity != diag.Warning {
		t.Errorf("it is %s", d.Severity)
	}
	for _, sizes := range []string{"[100, 4, 64, 64, 64]", "[100, 4, 64, 48, 32]"} {
		healthy(t, pipe("load: {volumes: heads.npy, axes: [sample, depth, height, width, channel], shape: "+sizes+", dtype: float32}", thin))
	}
	healthy(t, pipe("load: {volumes: heads.npy, shape: [100, 5, 64, 64, 15], dtype: float32}", thin))
}
