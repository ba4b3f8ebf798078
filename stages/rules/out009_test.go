package rules_test

import (
	"path/filepath"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT009FindsAnOutputThatCutsScoresOff(t *testing.T) {
	flagged(t, rules.OUT009, pipe(threeVolumes, model("{dense: {units: 3, activation: relu}}"),
		training("loss: sparse_categorical_crossentropy")), "relu", "cuts negative scores off")
	flagged(t, rules.OUT009, pipe(threeVolumes, model("{dense: {units: 3}}, leaky_relu"),
		training("loss: {sparse_categorical_crossentropy: {from_logits: true}}")), "leaky_relu", "cuts negative scores off")
}

func TestOUT009ReadsWhetherNumbersAreNegative(t *testing.T) {
	layers := "model: {layers: [flatten, {dense: {units: 1, activation: relu}}]}"
	train := training("batch_size: 2, loss: mean_squared_error")
	numbers := func(values ...float32) string {
		folder := labelled(t, 0, 0, 0, 0)
		array(t, filepath.Join(folder, "labels.npy"), "<f4", "4,", values)
		return folder
	}
	planned(t, rules.OUT009, diag.Error, numbers(1, 2, -0.5, 3), "the label of example 2 is -0.5", loadIDs, layers, train)
	quiet(t, numbers(1, 2, 0.5, 3), loadIDs, layers, train)
}

func TestOUT009IsQuiet(t *testing.T) {
	healthy(t, pipe(threeVolumes, model("{dense: {units: 3, activation: relu}}, {dense: {units: 3, activation: softmax}}"),
		training("loss: sparse_categorical_crossentropy")))
	// Ages are never negative, as far as is known.
	healthy(t, pipe(ages, model("{dense: {units: 1, activation: relu}}"), training("loss: mean_squared_error")))
}
