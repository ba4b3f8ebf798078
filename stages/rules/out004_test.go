package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT004FindsBinaryCrossEntropyOnClasses(t *testing.T) {
	d := flagged(t, rules.OUT004, pipe(threeVolumes, "label_encode: {classes: 3}", model("{dense: {units: 3, activation: softmax}}"),
		training("loss: binary_crossentropy")), "binary_crossentropy", "each class by itself")
	if d.Severity.String() != "warning" {
		t.Errorf("it is an %s", d.Severity)
	}
}

func TestOUT004IsQuiet(t *testing.T) {
	// Over two classes both losses are the same but for a factor.
	healthy(t, pipe(twoVolumes, "label_encode: {classes: 2}", model("{dense: {units: 2, activation: softmax}}"), training("loss: binary_crossentropy")))
	healthy(t, pipe(threeVolumes, "label_encode: {classes: 3}", model("{dense: {units: 3, activation: sigmoid}}"), training("loss: binary_crossentropy")))
}
