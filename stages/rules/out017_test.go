package rules_test

import (
	"path/filepath"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT017FindsAnotherNumberOfValues(t *testing.T) {
	flagged(t, rules.OUT017, pipe(twoVolumes, "label_encode: {classes: 2}", model("{dense: {units: 1, activation: sigmoid}}"),
		training("loss: binary_crossentropy")), "1", "1 value")
	targets := t.TempDir()
	array(t, filepath.Join(targets, "volumes.npy"), "<f4", "4, 4, 4, 4, 1", make([]float32, 256))
	array(t, filepath.Join(targets, "labels.npy"), "<f4", "4, 3", []float32{0, 1, 2, 1, 2, 0, 2, 0, 1, 1, 1, 1})
	planned(t, rules.OUT017, diag.Error, targets, "the model ends in 1 value.*a label has 3 values.*give the last layer 3 units",
		loadIDs, "model: {layers: [global_average_pool3d, {dense: {units: 1}}]}", training("batch_size: 2, loss: mean_absolute_error"))
	quiet(t, targets, loadIDs, "model: {layers: [global_average_pool3d, {dense: {units: 3}}]}", training("batch_size: 2, loss: mean_absolute_error"))
}

func TestOUT017IsQuiet(t *testing.T) {
	healthy(t, pipe(twoVolumes, model("{dense: {units: 1, activation: sigmoid}}"), training("loss: binary_crossentropy")))
	healthy(t, pipe(ages, model("{dense: {units: 1}}"), training("loss: mean_absolute_error")))
}
