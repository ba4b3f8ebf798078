package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

func TestLBL002WantsNamesNumbered(t *testing.T) {
	folder := named(t, "CN", "AD", "MCI", "CN")
	planned(t, rules.LBL002, diag.Error, folder, `AD, CN, MCI.*help: write classes: \[AD, CN, MCI\]`, loadNames, "label_encode: {classes: 3}")
	found := plan(t, folder, pipe(loadNames, "model: {layers: [flatten, {dense: {units: 3, activation: softmax}}]}",
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 1, batch_size: 2}"))
	if !has(found, rules.LBL002) {
		t.Errorf("names reach a training:\n%s", told(found))
	}
	quiet(t, folder, loadNames, "label_encode")
	quiet(t, folder, loadNames, "label_encode: {classes: [CN, MCI, AD]}")
}
