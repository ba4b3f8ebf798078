package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

func TestSPL001FindsDisjointClasses(t *testing.T) {
	planned(t, rules.SPL001, diag.Error, labelled(t, sorted(10, 10)...), `4: validation holds: 0 0, 1 10 \| \[4: train holds: 0 10, 1 0\].*accuracy on validation will be 0.*shuffle: true`,
		loadIDs, "split: {train: 0.5, validation: 0.5, shuffle: false}")
	planned(t, rules.SPL001, diag.Error, labelled(t, sorted(8, 8, 8, 8, 8)...), `validation holds: 0 0, 1 0, 2 0, 3 0, 4 8`,
		loadIDs, "label_encode", "split: {train: 0.8, validation: 0.2, shuffle: false}")
	for _, split := range []string{"{train: 0.5, validation: 0.5, stratify: true}", "{train: 0.5, validation: 0.5}"} {
		quiet(t, labelled(t, sorted(60, 60)...), loadIDs, "split: "+split)
	}
}
