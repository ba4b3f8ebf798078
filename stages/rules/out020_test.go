package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT020FindsWeightsOfOtherClasses(t *testing.T) {
	head := model("{dense: {units: 2, activation: softmax}}")
	flagged(t, rules.OUT020, pipe(twoVolumes, head, training("loss: sparse_categorical_crossentropy, class_weight: {1: 1, 2: 3}")),
		"{1: 1, 2: 3}", "no class 2")
	flagged(t, rules.OUT020, pipe(twoVolumes, head, training("loss: sparse_categorical_crossentropy, class_weight: {1: 1}")),
		"{1: 1}", "no weight for class")
}

func TestOUT020IsQuiet(t *testing.T) {
	head := model("{dense: {units: 2, activation: softmax}}")
	for _, weight := range []string{"none", "balanced", "{0: 1, 1: 2.5}", "{healthy: 1, tumour: 2.5}"} {
		healthy(t, pipe(twoVolumes, "label_encode: {classes: [healthy, tumour], form: class_id}", head,
			training("loss: sparse_categorical_crossentropy, class_weight: "+weight)))
	}
}
