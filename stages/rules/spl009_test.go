package rules_test

import (
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

func TestSPL009RemarksOnATrainingWithoutValidation(t *testing.T) {
	for split, want := range map[string]string{
		"split: {train: 0.8, test: 0.2}":                  "these have no validation part",
		"cast: {dtype: float32}":                          "nothing is split off",
		"split: {train: 0.8, validation: 0.2}":            "",
		"split: {folds: 4, fold: 1}":                      "",
		"split: {train: 0.6, validation: 0.2, test: 0.2}": "",
	} {
		found := everything(t, t.TempDir(), pipe(twoVolumes, split, model("{dense: {units: 2, activation: softmax}}"), training("loss: sparse_categorical_crossentropy")), false)
		at := slices.IndexFunc(found, func(d diag.Diagnostic) bool { return d.Code == rules.SPL009.Code })
		switch {
		case (at >= 0) != (want != ""):
			t.Errorf("%s: %s", split, told(found))
		case at >= 0 && (found[at].Primary.Label != want || found[at].Severity != diag.Info):
			t.Errorf("%s: %s", split, told(found))
		}
	}
}
