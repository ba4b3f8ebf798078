package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT002FindsASoftmaxOverOneUnit(t *testing.T) {
	head := model("{dense: {units: 1, activation: softmax}}")
	for _, loss := range []string{"binary_crossentropy", "sparse_categorical_crossentropy", "mean_squared_error", "{categorical_crossentropy: {from_logits: true}}"} {
		flagged(t, rules.OUT002, pipe(twoVolumes, head, training("loss: "+loss)), "softmax", "always 1")
	}
	flagged(t, rules.OUT002, pipe(threeVolumes, "label_encode: {classes: 3}", model("{dense: {units: 1}}, softmax"),
		training("loss: categorical_crossentropy")), "softmax", "always 1")
}

func TestOUT002IsQuiet(t *testing.T) {
	healthy(t, pipe(twoVolumes, model("{dense: {units: 1, activation: sigmoid}}"), training("loss: binary_crossentropy")))
	healthy(t, pipe(twoVolumes, model("{dense: {units: 2, activation: softmax}}"), training("loss: sparse_categorical_crossentropy")))
}
