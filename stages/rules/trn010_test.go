package rules_test

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// scheduled is a config with so many epochs and a schedule.
func scheduled(epochs, schedule string) string {
	return pipe(twoVolumes, model("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: "+epochs+", schedule: "+schedule+"}")
}

func TestTRN010FindsEpochsThatChangeNothing(t *testing.T) {
	d := flagged(t, rules.TRN010, scheduled("50", "{cosine: {decay_epochs: 3}}"), "{cosine: {decay_epochs: 3}}", "below 1e-08 from epoch 4 of 50 on")
	if want := "the weights would stay as they are for 47 epochs"; !strings.Contains(d.Notes[0], want) {
		t.Errorf("%q is not in %q", want, d.Notes)
	}
	if mended := diag.Apply(scheduled("50", "{cosine: {decay_epochs: 3}}"), d.Help[0].Edits); !strings.Contains(mended, "decay_epochs: 50") {
		t.Errorf("it is not mended:\n%s", mended)
	}
	flagged(t, rules.TRN010, scheduled("50", "{exponential: {decay_rate: 0.1}}"), "{exponential: {decay_rate: 0.1}}", "from epoch 7 of 50")
	flagged(t, rules.TRN010, scheduled("10", "{step: {step_size: 1, gamma: 0.01}}"), "{step: {step_size: 1, gamma: 0.01}}", "from epoch 4 of 10")
	flagged(t, rules.TRN010, scheduled("10", "{polynomial: {end_learning_rate: 0, decay_epochs: 2, warmup: 3}}"), "{polynomial: {end_learning_rate: 0, decay_epochs: 2, warmup: 3}}", "from epoch 6 of 10")
}

func TestTRN010IsQuiet(t *testing.T) {
	for _, schedule := range []string{
		"cosine", "one_cycle", "polynomial", "{polynomial: {end_learning_rate: 0, power: 2}}", "{cosine: {warmup: 2}}", "{cosine: {warmup: 0.5}}",
		"constant", "{constant: {warmup: 2}}", "{step: {boundaries: [10, 20]}}", "{exponential: {decay_rate: 0.8}}",
		"{cosine: {decay_epochs: 10, alpha: 0.01}}", "{cosine: {decay_epochs: 28}}",
	} {
		healthy(t, scheduled("30", schedule))
	}
	healthy(t, scheduled("1", "cosine"))
	healthy(t, scheduled("2", "one_cycle"))
}
