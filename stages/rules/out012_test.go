package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT012FindsAnAccuracyOfNumbers(t *testing.T) {
	d := flagged(t, rules.OUT012, pipe(ages, model("{dense: {units: 1}}"), training("loss: mean_squared_error, metrics: [mean_absolute_error, accuracy]")),
		"accuracy", "exactly equal")
	if d.Severity.String() != "warning" {
		t.Errorf("it is an %s", d.Severity)
	}
}

func TestOUT012IsQuiet(t *testing.T) {
	healthy(t, pipe(ages, model("{dense: {units: 1}}"), training("loss: mean_squared_error, metrics: [mean_absolute_error]")))
	// The labels are classes: the largest output is compared with the true one.
	healthy(t, pipe(threeVolumes, "label_encode: {classes: 3}", model("{dense: {units: 3}}"), training("loss: mean_squared_error, metrics: [accuracy]")))
	healthy(t, pipe(twoVolumes, model("{dense: {units: 1, activation: sigmoid}}"), training("loss: mean_squared_error, metrics: [accuracy]")))
}
