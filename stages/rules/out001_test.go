package rules_test

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT001FindsAnotherNumberOfClasses(t *testing.T) {
	d := flagged(t, rules.OUT001, pipe(threeVolumes, "label_encode: {classes: 3}", model("{dense: {units: 12, activation: softmax}}"),
		training("loss: categorical_crossentropy")), "12", "12 values")
	if len(d.Related) != 1 || d.Related[0].Label != "the labels have 3 classes" {
		t.Errorf("the labels' side is told as %v", d.Related)
	}
	if !strings.Contains(d.Notes[0], "global_average_pool3d [N, 4]") {
		t.Errorf("the trail is %q", d.Notes[0])
	}
	flagged(t, rules.OUT001, pipe(threeVolumes, model("{dense: {units: 2, activation: softmax}}"),
		training("loss: sparse_categorical_crossentropy")), "2", "2 values")
	flagged(t, rules.OUT001, pipe(threeVolumes, model("{dense: {units: 1, activation: sigmoid}}"),
		training("loss: binary_crossentropy")), "1", "1 value")
}

func TestOUT001LooksThroughLayersThatKeepTheWidth(t *testing.T) {
	flagged(t, rules.OUT001, pipe(threeVolumes, model("{dense: {units: 5}}, {dropout: {rate: 0.1}}, softmax"),
		training("loss: sparse_categorical_crossentropy")), "5", "5 values")
	flagged(t, rules.OUT001, pipe(threeVolumes, "model: {layers: [{conv3d: {filters: 5, kernel_size: 3}}, global_average_pool3d, softmax]}",
		training("loss: sparse_categorical_crossentropy")), "5", "5 values")
}

func TestOUT001CountsTheClassesOfLabelFiles(t *testing.T) {
	layers := "model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}"
	train := training("batch_size: 2, loss: sparse_categorical_crossentropy")
	planned(t, rules.OUT001, diag.Error, labelled(t, 0, 1, 2, 0, 1, 2), "ends in 2 values.*the labels have 3 classes", loadIDs, layers, train)
	quiet(t, labelled(t, 0, 1, 1, 0), loadIDs, layers, train)
}

func TestOUT001IsQuiet(t *testing.T) {
	healthy(t, pipe(twoVolumes, model("{dense: {units: 2, activation: softmax}}"), training("loss: sparse_categorical_crossentropy")))
	healthy(t, pipe(twoVolumes, model("{dense: {units: 1, activation: sigmoid}}"), training("loss: binary_crossentropy")))
	healthy(t, pipe(threeVolumes, "label_encode: {classes: 3}", model("{dense: {units: 3, activation: softmax}}"), training("loss: categorical_crossentropy")))
	// Nothing is known of labels in a file that may not be opened.
	healthy(t, pipe("load: {volumes: heads.npy, labels: labels.npy, shape: [40, 8, 8, 8, 1], dtype: float32}",
		model("{dense: {units: 7, activation: softmax}}"), training("loss: sparse_categorical_crossentropy")))
}
