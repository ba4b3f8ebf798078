package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestMET005FindsAnAccuracyThatCannotMiss(t *testing.T) {
	three := model("{dense: {units: 3, activation: softmax}}")
	d := flagged(t, rules.MET005, pipe(threeVolumes, three, training("loss: focal, metrics: [top_k_accuracy]")), "top_k_accuracy", "among the first 5")
	if d.Severity.String() != "warning" {
		t.Errorf("it is an %s", d.Severity)
	}
	flagged(t, rules.MET005, pipe(twoVolumes, model("{dense: {units: 2, activation: softmax}}"),
		training("loss: focal, metrics: [top_k_accuracy: {k: 2}]")), "top_k_accuracy: {k: 2}", "among the first 2")
	healthy(t, pipe(threeVolumes, three, training("loss: focal, metrics: [top_k_accuracy: {k: 2}]")))
}
