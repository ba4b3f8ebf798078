package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT006FindsIdsWhereRowsAreTaken(t *testing.T) {
	flagged(t, rules.OUT006, pipe(threeHeads, model("{dense: {units: 3, activation: softmax}}"),
		training("loss: categorical_crossentropy")), "categorical_crossentropy", "a row of values")
	flagged(t, rules.OUT006, pipe(twoHeads, model("{dense: {units: 2, activation: sigmoid}}"),
		training("loss: binary_crossentropy")), "binary_crossentropy", "a row of values")
	flagged(t, rules.OUT006, pipe(twoHeads, model("{dense: {units: 2, activation: softmax}}"),
		training("loss: {categorical_crossentropy: {label_smoothing: 0.1}}")), "{categorical_crossentropy: {label_smoothing: 0.1}}", "a row of values")
}

func TestOUT006IsQuiet(t *testing.T) {
	healthy(t, pipe(twoHeads, model("{dense: {units: 1, activation: sigmoid}}"), training("loss: binary_crossentropy")))
	healthy(t, pipe(twoHeads, "label_encode: {classes: 2}", model("{dense: {units: 2, activation: softmax}}"), training("loss: categorical_crossentropy")))
	healthy(t, pipe(ages, model("{dense: {units: 1}}"), training("loss: mean_squared_error")))
}
