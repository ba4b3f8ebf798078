package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT016FindsADistanceBetweenProbabilities(t *testing.T) {
	const rows = "label_encode: {classes: 3}"
	softmax := model("{dense: {units: 3, activation: softmax}}")
	for _, loss := range []string{"mean_squared_error", "mean_absolute_error", "huber"} {
		d := flagged(t, rules.OUT016, pipe(threeVolumes, rows, softmax, training("loss: "+loss)), loss, "distance between numbers")
		if d.Severity.String() != "warning" || len(d.Help[0].Edits) != 1 {
			t.Errorf("%s: %+v", loss, d)
		}
	}
	healthy(t, pipe(threeVolumes, rows, softmax, training("loss: categorical_crossentropy")))
	healthy(t, pipe(threeVolumes, rows, model("{dense: {units: 3}}"), training("loss: mean_squared_error")))
	healthy(t, pipe(ages, model("{dense: {units: 1}}"), training("loss: mean_squared_error")))
}
