package rules_test

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT007FindsAnActivationAppliedTwice(t *testing.T) {
	d := flagged(t, rules.OUT007, pipe(threeVolumes, model("{dense: {units: 3, activation: softmax}}"),
		training("loss: {sparse_categorical_crossentropy: {from_logits: true}}")), "true", "applies softmax")
	if len(d.Notes) != 1 || !strings.Contains(d.Notes[0], "0.5514") {
		t.Errorf("the floor of the loss is told as %q", d.Notes)
	}
	flagged(t, rules.OUT007, pipe(twoVolumes, model("{dense: {units: 1}}, sigmoid"),
		training("loss: {binary_crossentropy: {from_logits: true}}")), "true", "applies sigmoid")
}

func TestOUT007IsQuiet(t *testing.T) {
	healthy(t, pipe(threeVolumes, model("{dense: {units: 3}}"), training("loss: {sparse_categorical_crossentropy: {from_logits: true}}")))
	healthy(t, pipe(threeVolumes, model("{dense: {units: 3, activation: linear}}"), training("loss: {sparse_categorical_crossentropy: {from_logits: true}}")))
	healthy(t, pipe(threeVolumes, model("{dense: {units: 3, activation: softmax}}"), training("loss: {sparse_categorical_crossentropy: {from_logits: false}}")))
}
