package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestPRE012FindsLabelsEncodedTwice(t *testing.T) {
	rows := "load: {volumes: heads.npy, labels: labels.npy, shape: [40, 8, 8, 8], dtype: float32, label_kind: one_hot}"
	flagged(t, rules.PRE012, pipe(rows, "label_encode: {classes: 3}"), "label_encode", "encodes them again")
	flagged(t, rules.PRE012, pipe(twoHeads, "label_encode", "label_encode: {form: class_id}"), "label_encode", "encodes them again")
	healthy(t, pipe(rows))
	healthy(t, pipe(twoHeads, "label_encode: {form: class_id}", "label_encode"))
}
