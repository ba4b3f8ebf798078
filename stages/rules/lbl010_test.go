package rules_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// numbered is a folder with volumes and labels that are real numbers.
func numbered(t *testing.T, labels ...float32) string {
	t.Helper()
	folder := labelled(t, make([]int64, len(labels))...)
	if err := os.Remove(filepath.Join(folder, "labels.npy")); err != nil {
		t.Fatal(err)
	}
	array(t, filepath.Join(folder, "labels.npy"), "<f4", "12,", labels)
	return folder
}

func TestLBL010FindsClassesThatAreRealNumbers(t *testing.T) {
	network := "model: {layers: [flatten, {dense: {units: 3, activation: softmax}}]}"
	training := "train: {loss: sparse_categorical_crossentropy, epochs: 99, batch_size: 2, optimizer: adam}"
	few := func(values ...float32) []float32 { return slices.Repeat(values, 4) }
	planned(t, rules.LBL010, diag.Error, numbered(t, few(0, 1, 2)...), `12 labels have 3 values: 0, 1, 2.*label_kind: class_id`, loadIDs, network, training)
	planned(t, rules.LBL010, diag.Error, numbered(t, few(0, 0.31, 1.7)...), `3 values: 0, 0.31, 1.7`, loadIDs, network, training)

	different := make([]float32, 12)
	for i := range different {
		different[i] = 0.37 * float32(i*i)
	}
	found := plan(t, numbered(t, different...), pipe(loadIDs, network, training))
	if !has(found, rules.OUT005) || has(found, rules.LBL010) {
		t.Errorf("targets that are all different: %s", told(found))
	}
	regression := []string{"model: {layers: [flatten, {dense: {units: 1}}]}", "train: {loss: mean_squared_error, epochs: 99, batch_size: 2, optimizer: adam}"}
	quiet(t, numbered(t, few(0, 1, 2)...), append([]string{loadIDs}, regression...)...)
}
