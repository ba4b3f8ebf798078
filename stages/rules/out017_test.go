package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT017FindsAnotherNumberOfValues(t *testing.T) {
	flagged(t, rules.OUT017, pipe(twoHeads, "label_encode: {classes: 2}", model("{dense: {units: 1, activation: sigmoid}}"),
		training("loss: binary_crossentropy")), "1", "1 value")
	flagged(t, rules.OUT017, pipe(ages, model("{dense: {units: 3}}"), training("loss: mean_absolute_error")), "3", "3 values")
}

func TestOUT017IsQuiet(t *testing.T) {
	healthy(t, pipe(twoHeads, model("{dense: {units: 1, activation: sigmoid}}"), training("loss: binary_crossentropy")))
	healthy(t, pipe(ages, model("{dense: {units: 1}}"), training("loss: mean_absolute_error")))
}
