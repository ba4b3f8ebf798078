package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestTRN004FindsATrainingWithoutAStep(t *testing.T) {
	head := model("{dense: {units: 2, activation: softmax}}")
	flagged(t, rules.TRN004, pipe(twoVolumes, head, "train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 0}"), "0", "0 epochs")
	flagged(t, rules.TRN004, pipe(twoVolumes, head, "train: {optimizer: adam, loss: sparse_categorical_crossentropy}"), "train", "epochs is missing")
}

func TestTRN004IsQuiet(t *testing.T) {
	healthy(t, pipe(twoVolumes, model("{dense: {units: 2, activation: softmax}}"), "train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 1}"))
}
