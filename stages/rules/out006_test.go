package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT006FindsIdsWhereRowsAreTaken(t *testing.T) {
	flagged(t, rules.OUT006, pipe(threeVolumes, model("{dense: {units: 3, activation: softmax}}"),
		training("loss: categorical_crossentropy")), "categorical_crossentropy", "a row of values")
	flagged(t, rules.OUT006, pipe(twoVolumes, model("{dense: {units: 2, activation: sigmoid}}"),
		training("loss: binary_crossentropy")), "binary_crossentropy", "a row of values")
	flagged(t, rules.OUT006, pipe(twoVolumes, model("{dense: {units: 2, activation: softmax}}"),
		training("loss: {categorical_crossentropy: {label_smoothing: 0.1}}")), "{categorical_crossentropy: {label_smoothing: 0.1}}", "a row of values")
}

func TestOUT006FindsMasksWhereRowsAreTaken(t *testing.T) {
	for _, loss := range []string{"mean_squared_error", "binary_crossentropy", "categorical_crossentropy"} {
		d := flagged(t, rules.OUT006, pipe(masks, "model: {layers: [{conv3d: {filters: 3, kernel_size: 3, padding: same, activation: softmax}}]}",
			training("loss: "+loss)), loss, "a row of values")
		if len(d.Help) == 0 {
			t.Errorf("%s: there is no way out", loss)
		}
	}
}

func TestOUT006IsQuiet(t *testing.T) {
	healthy(t, pipe(masks, "model: {layers: [{conv3d: {filters: 1, kernel_size: 3, padding: same, activation: sigmoid}}]}", training("loss: binary_crossentropy")))
	healthy(t, pipe(masks, "model: {layers: [{conv3d: {filters: 1, kernel_size: 3, padding: same}}]}", training("loss: mean_squared_error")))
	healthy(t, pipe(twoVolumes, model("{dense: {units: 1, activation: sigmoid}}"), training("loss: binary_crossentropy")))
	healthy(t, pipe(twoVolumes, "label_encode: {classes: 2}", model("{dense: {units: 2, activation: softmax}}"), training("loss: categorical_crossentropy")))
	healthy(t, pipe(ages, model("{dense: {units: 1}}"), training("loss: mean_squared_error")))
}
