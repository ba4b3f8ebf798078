package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// ending trains a network that starts with the given layers on volumes of the
// type, after the given stages.
func scaled(dtype, layers string, between ...string) string {
	items := append([]string{"load: {volumes: heads.npy, labels: ids.npy, label_kind: class_id, shape: [40, 8, 8, 8, 1], dtype: " + dtype + "}"}, between...)
	return pipe(append(items, "model: {layers: ["+layers+", global_average_pool3d, {dense: {units: 2, activation: softmax}}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 3, batch_size: 8}")...)
}

const convolution = "{conv3d: {filters: 4, kernel_size: 3, activation: relu}}"

func TestPRE002FindsUnscaledValues(t *testing.T) {
	for config, at := range map[string]string{
		scaled("uint16", convolution):                                "uint16",
		scaled("uint8", convolution):                                 "uint8",
		scaled("uint8", convolution, "cast: {dtype: float32}"):       "uint8",
		scaled("float32", convolution, "clip: {range: [-175, 250]}"): "[-175, 250]",
		scaled("uint8", "max_pool3d, "+convolution+", batch_norm"):   "uint8",
	} {
		if d := flagged(t, rules.PRE002, config, at, "the v"); d.Severity != diag.Warning {
			t.Errorf("severity %s", d.Severity)
		}
	}
}

func TestPRE002IsQuiet(t *testing.T) {
	for _, config := range []string{
		scaled("float32", convolution),
		scaled("bool", convolution),
		scaled("uint8", convolution, "split: {train: 0.8, test: 0.2}", "normalize"),
		scaled("uint8", convolution, "normalize: {method: z_score, over: example}"),
		scaled("uint8", convolution, "cast: {dtype: float32}", bytes255),
		scaled("uint8", convolution, "clip: {range: [0, 1]}"),
		scaled("uint8", "batch_norm, "+convolution),
		scaled("uint8", "{conv3d: {filters: 4, kernel_size: 3}}, batch_norm, relu"),
	} {
		healthy(t, config)
	}
}
