package rules_test

import (
	"path/filepath"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

func TestMET004CountsTheZerosOfRows(t *testing.T) {
	config := func(classes, head, loss, metrics string) string {
		return pipe("phantom: {samples: 60, size: [8, 8, 8], classes: "+classes+"}"+channel, "label_encode: {classes: "+classes+"}",
			model("{dense: {units: "+classes+", activation: "+head+"}}"), training("loss: "+loss+", metrics: ["+metrics+"]"))
	}
	flagged(t, rules.MET004, config("5", "sigmoid", "binary_crossentropy", "accuracy"), "accuracy", "each of the 5 values")
	healthy(t, config("4", "sigmoid", "binary_crossentropy", "accuracy")) // 0.75 of the values are 0
	healthy(t, config("5", "sigmoid", "binary_crossentropy", "auc"))
	healthy(t, config("5", "softmax", "categorical_crossentropy", "accuracy"))
}

func TestMET004CountsTheZerosOfTags(t *testing.T) {
	tags := func(ones int) string {
		folder := labelled(t, make([]int64, 10)...)
		values := make([]int64, 50)
		for i := range ones {
			values[i] = 1
		}
		array(t, filepath.Join(folder, "labels.npy"), "<i8", "10, 5", values)
		return folder
	}
	items := []string{"load: {volumes: volumes.npy, labels: labels.npy, label_kind: multi_hot}",
		"model: {layers: [flatten, {dense: {units: 5, activation: sigmoid}}]}", training("loss: binary_crossentropy, batch_size: 2, metrics: [accuracy]")}
	planned(t, rules.MET004, diag.Warning, tags(10), "40 of the 50 values of the labels are 0", items...)
	quiet(t, tags(11), items...)
}
