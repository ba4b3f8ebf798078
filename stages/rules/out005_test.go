package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT005FindsOtherLabelsThanIds(t *testing.T) {
	flagged(t, rules.OUT005, pipe(threeVolumes, "label_encode: {classes: 3}", model("{dense: {units: 3, activation: softmax}}"),
		training("loss: sparse_categorical_crossentropy")), "sparse_categorical_crossentropy", "class ids")
	flagged(t, rules.OUT005, pipe(ages, model("{dense: {units: 3, activation: softmax}}"),
		training("loss: sparse_categorical_crossentropy")), "sparse_categorical_crossentropy", "class ids")
}

func TestOUT005IsQuiet(t *testing.T) {
	healthy(t, pipe(threeVolumes, model("{dense: {units: 3, activation: softmax}}"), training("loss: sparse_categorical_crossentropy")))
	healthy(t, pipe(threeVolumes, "label_encode: {classes: 3, form: class_id}", model("{dense: {units: 3, activation: softmax}}"),
		training("loss: sparse_categorical_crossentropy")))
}
