package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestTRN003FindsABatchThatIsNeverFull(t *testing.T) {
	head := model("{dense: {units: 2, activation: softmax}}")
	d := flagged(t, rules.TRN003, pipe(twoVolumes, "split: {train: 0.5, test: 0.5}", head,
		training("loss: sparse_categorical_crossentropy, batch_size: 32, drop_last: true")), "32", "32 examples")
	if d.Severity.String() != "error" || d.Notes[0] != "floor(20 / 32) = 0 steps in an epoch: nothing would be learnt" {
		t.Errorf("%s, %q", d.Severity, d.Notes)
	}
	flagged(t, rules.TRN003, pipe(twoVolumes, "split: {train: 0.5, test: 0.5}", head,
		training("loss: sparse_categorical_crossentropy, drop_last: true")), "train", "32 examples")
	whole := flagged(t, rules.TRN003, pipe(twoVolumes, head, training("loss: sparse_categorical_crossentropy, batch_size: 64")), "64", "64 examples")
	if whole.Severity.String() != "warning" {
		t.Errorf("without drop_last it is an %s", whole.Severity)
	}
}

func TestTRN003IsQuiet(t *testing.T) {
	head := model("{dense: {units: 2, activation: softmax}}")
	healthy(t, pipe(twoVolumes, head, training("loss: sparse_categorical_crossentropy, batch_size: 40, drop_last: true")))
	// The default is larger than this dataset, which is then one batch.
	healthy(t, pipe("phantom: {samples: 20, size: [8, 8, 8]}", "reshape: {expand_dims: -1}", head, training("loss: sparse_categorical_crossentropy")))
	healthy(t, pipe("load: {volumes: heads.npy, labels: labels.npy}", head, training("loss: sparse_categorical_crossentropy, batch_size: 5000, drop_last: true")))
}
