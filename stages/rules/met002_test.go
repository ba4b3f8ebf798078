package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestMET002FindsAColumnThatIsNeverMeasured(t *testing.T) {
	head := model("{dense: {units: 2, activation: softmax}}")
	split := "split: {train: 0.8, validation: 0.2}"
	d := flagged(t, rules.MET002, pipe(twoVolumes, split, head, training("loss: sparse_categorical_crossentropy, metrics: [accuracy], callbacks: [{early_stopping: {patience: 5, monitor: val_acc}}]")),
		"val_acc", "no column val_acc")
	if d.Help[0].Text != "did you mean val_accuracy?" {
		t.Errorf("the help is %q", d.Help[0].Text)
	}
	flagged(t, rules.MET002, pipe(twoVolumes, head, training("loss: sparse_categorical_crossentropy, callbacks: [early_stopping]")),
		"early_stopping", "no column val_loss")
	flagged(t, rules.MET002, pipe(twoVolumes, "split: {train: 0.8, test: 0.2}", head, training("loss: sparse_categorical_crossentropy, callbacks: [{checkpoint: {save_best_only: true}}]")),
		"{save_best_only: true}", "no column val_loss")
}

func TestMET002FindsTheWrongDirection(t *testing.T) {
	flagged(t, rules.MET002, pipe(twoVolumes, "split: {train: 0.8, validation: 0.2}", model("{dense: {units: 2, activation: softmax}}"),
		training("loss: sparse_categorical_crossentropy, metrics: [accuracy], callbacks: [{early_stopping: {patience: 5, monitor: val_accuracy, mode: min}}]")), "min", "the other way")
}

func TestMET002IsQuiet(t *testing.T) {
	head := model("{dense: {units: 2, activation: softmax}}")
	for _, callback := range []string{"early_stopping", "{early_stopping: {patience: 5, monitor: val_accuracy, mode: max}}", "{early_stopping: {patience: 5, monitor: loss, mode: min}}", "checkpoint", "terminate_on_nan"} {
		healthy(t, pipe(twoVolumes, "split: {train: 0.8, validation: 0.2}", head,
			training("loss: sparse_categorical_crossentropy, metrics: [accuracy], callbacks: ["+callback+"]")))
	}
	healthy(t, pipe(twoVolumes, head, training("loss: sparse_categorical_crossentropy, callbacks: [checkpoint]")))
}
