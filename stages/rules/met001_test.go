package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestMET001FindsAMetricOfAnotherTask(t *testing.T) {
	flagged(t, rules.MET001, pipe(ages, model("{dense: {units: 1}}"), training("loss: mean_squared_error, metrics: [auc]")), "auc", "a number to be predicted")
	flagged(t, rules.MET001, pipe(threeVolumes, model("{dense: {units: 3, activation: softmax}}"),
		training("loss: sparse_categorical_crossentropy, metrics: [accuracy, mean_absolute_error]")), "mean_absolute_error", "a choice among 3 classes")
}

func TestMET001IsQuiet(t *testing.T) {
	healthy(t, pipe(threeVolumes, model("{dense: {units: 3, activation: softmax}}"),
		training("loss: sparse_categorical_crossentropy, metrics: [accuracy, balanced_accuracy, auc, precision, recall, f1, confusion_matrix]")))
	healthy(t, pipe(twoVolumes, model("{dense: {units: 1, activation: sigmoid}}"),
		training("loss: binary_crossentropy, metrics: [accuracy, balanced_accuracy, auc, precision, recall, f1, confusion_matrix]")))
}
