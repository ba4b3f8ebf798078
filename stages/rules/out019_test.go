package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT019FindsLayersBehindTheAnswer(t *testing.T) {
	softmax := "{dense: {units: 3, activation: softmax}}"
	sparse := training("loss: sparse_categorical_crossentropy")
	for layers, at := range map[string]string{
		softmax + ", {dropout: {rate: 0.5}}":                                 "dropout",
		softmax + ", batch_norm":                                             "batch_norm",
		softmax + ", {gaussian_noise: {stddev: 0.1}}":                        "gaussian_noise",
		"{dense: {units: 3}}, softmax, {dropout: {rate: 0.2}, id: last}":     "dropout",
		softmax + ", softmax":                                                "softmax",
		softmax + ", {dropout: {rate: 0.2}}, {reshape: {target_shape: [3]}}": "dropout",
	} {
		flagged(t, rules.OUT019, pipe(threeVolumes, model(layers), sparse), at, "changes what the model has answered")
	}
	d := flagged(t, rules.OUT019, pipe(twoVolumes, model("{dense: {units: 1, activation: sigmoid}}, {dropout: {rate: 0.2}}, batch_norm"), training("loss: binary_crossentropy")), "dropout", "and 1 layer behind it")
	if len(d.Help[0].Edits) != 2 {
		t.Errorf("the edits are %+v", d.Help[0].Edits)
	}
	for _, layers := range []string{
		softmax, "{dropout: {rate: 0.5}}, " + softmax, "{dense: {units: 3}}, {dropout: {rate: 0.2}}, softmax", "{dense: {units: 3}}, batch_norm, softmax",
		softmax + ", {reshape: {target_shape: [3]}}", "{dense: {units: 3, activation: sigmoid}}, {dropout: {rate: 0.2}}, " + softmax,
	} {
		healthy(t, pipe(threeVolumes, model(layers), sparse))
	}
	// The mean of what is said in several places is an answer too.
	healthy(t, pipe(threeVolumes, "model: {layers: [{conv3d: {filters: 3, kernel_size: 3, activation: softmax}}, global_average_pool3d]}", sparse))
}
