package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT003FindsSigmoidBeforeALossOverClasses(t *testing.T) {
	flagged(t, rules.OUT003, pipe(twoVolumes, model("{dense: {units: 2, activation: sigmoid}}"),
		training("loss: sparse_categorical_crossentropy")), "sigmoid", "by itself")
	one := flagged(t, rules.OUT003, pipe(twoVolumes, model("{dense: {units: 1, activation: sigmoid}}"),
		training("loss: categorical_crossentropy")), "sigmoid", "by itself")
	if one.Severity.String() != "error" {
		t.Errorf("one unit is a %s", one.Severity)
	}
	many := flagged(t, rules.OUT003, pipe(threeVolumes, model("{dense: {units: 3, activation: sigmoid}}"),
		training("loss: sparse_categorical_crossentropy")), "sigmoid", "by itself")
	if many.Severity.String() != "warning" {
		t.Errorf("three units are an %s, though they may still train", many.Severity)
	}
}

func TestOUT003IsQuiet(t *testing.T) {
	healthy(t, pipe(twoVolumes, "label_encode: {classes: 2}", model("{dense: {units: 2, activation: sigmoid}}"), training("loss: binary_crossentropy")))
	healthy(t, pipe(threeVolumes, model("{dense: {units: 3, activation: softmax}}"), training("loss: sparse_categorical_crossentropy")))
	// The item may say that it is meant.
	healthy(t, pipe(threeVolumes, "model: {layers: ["+body+"{dense: {units: 3, activation: sigmoid}, allow: [OUT003]}]}",
		training("loss: sparse_categorical_crossentropy")))
}
