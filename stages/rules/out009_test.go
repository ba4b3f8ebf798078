package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT009FindsAnOutputThatCutsScoresOff(t *testing.T) {
	flagged(t, rules.OUT009, pipe(threeVolumes, model("{dense: {units: 3, activation: relu}}"),
		training("loss: sparse_categorical_crossentropy")), "relu", "cuts negative scores off")
	flagged(t, rules.OUT009, pipe(threeVolumes, model("{dense: {units: 3}}, leaky_relu"),
		training("loss: {sparse_categorical_crossentropy: {from_logits: true}}")), "leaky_relu", "cuts negative scores off")
}

func TestOUT009IsQuiet(t *testing.T) {
	healthy(t, pipe(threeVolumes, model("{dense: {units: 3, activation: relu}}, {dense: {units: 3, activation: softmax}}"),
		training("loss: sparse_categorical_crossentropy")))
	// Behind probabilities it is too much, and cuts nothing off.
	flagged(t, rules.OUT019, pipe(threeVolumes, model("{dense: {units: 3, activation: softmax}}, relu"),
		training("loss: sparse_categorical_crossentropy")), "relu", "")
	// Ages are never negative, as far as is known.
	healthy(t, pipe(ages, model("{dense: {units: 1, activation: relu}}"), training("loss: mean_squared_error")))
}
