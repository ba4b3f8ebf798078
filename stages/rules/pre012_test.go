package rules_test

import (
	"path/filepath"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

func TestPRE012FindsLabelsEncodedTwice(t *testing.T) {
	rows := "load: {volumes: heads.npy, labels: labels.npy, shape: [40, 8, 8, 8], dtype: float32, label_kind: one_hot}"
	flagged(t, rules.PRE012, pipe(rows, "label_encode: {classes: 3}"), "label_encode", "encodes them again")
	flagged(t, rules.PRE012, pipe(twoHeads, "label_encode", "label_encode: {form: class_id}"), "label_encode", "encodes them again")
	healthy(t, pipe(rows))
	healthy(t, pipe(twoHeads, "label_encode: {form: class_id}", "label_encode"))
}

func TestPRE012KnowsRowsOfRealNumbers(t *testing.T) {
	rows := func(second float32) string {
		folder := labelled(t, 0, 1)
		array(t, filepath.Join(folder, "labels.npy"), "<f4", "2, 2", []float32{1, 0, 0, second})
		return folder
	}
	planned(t, rules.PRE012, diag.Error, rows(1), "the labels are one-hot rows as loaded.*remove this stage", loadIDs, "label_encode: {classes: 2}")
	planned(t, rules.LBL010, diag.Error, rows(0.5), "real numbers are no classes", loadIDs, "label_encode: {classes: 2}")
}
