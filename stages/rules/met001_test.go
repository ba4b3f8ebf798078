package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestMET001FindsAMetricOfAnotherTask(t *testing.T) {
	flagged(t, rules.MET001, pipe(ages, model("{dense: {units: 1}}"), training("loss: mean_squared_error, metrics: [auc]")), "auc", "a number to be predicted")
	flagged(t, rules.MET001, pipe(threeVolumes, model("{dense: {units: 3, activation: softmax}}"),
		training("loss: sparse_categorical_crossentropy, metrics: [accuracy, mean_absolute_error]")), "mean_absolute_error", "a choice among 3 classes")
	flagged(t, rules.MET001, pipe(threeVolumes, model("{dense: {units: 3, activation: softmax}}"),
		training("loss: sparse_categorical_crossentropy, metrics: [dice]")), "dice", "regions of voxels")
	flagged(t, rules.MET001, pipe(ages, model("{dense: {units: 1}}"), training("loss: huber, metrics: [dice]")), "dice", "a number to be predicted")
	flagged(t, rules.MET001, pipe(twoVolumes, model("{dense: {units: 1, activation: sigmoid}}"),
		training("loss: focal, metrics: [{top_k_accuracy: {k: 1}}]")), "{top_k_accuracy: {k: 1}}", "a yes-or-no answer")
}

func TestMET001IsQuiet(t *testing.T) {
	healthy(t, pipe(threeVolumes, model("{dense: {units: 3, activation: softmax}}"),
		training("loss: sparse_categorical_crossentropy, metrics: [accuracy, balanced_accuracy, top_k_accuracy: {k: 2}, auc, precision, recall, f1, iou, confusion_matrix]")))
	healthy(t, pipe("load: {volumes: heads.npy, labels: masks.npy}", segmenter("{conv3d: {filters: 3, kernel_size: 1, activation: softmax}}"),
		training("loss: dice, metrics: [dice]")))
	everyOfVoxels := "metrics: [accuracy, balanced_accuracy, auc, precision, recall, f1, dice, iou, confusion_matrix]"
	healthy(t, pipe(masks, segmenter("{conv3d: {filters: 3, kernel_size: 1, activation: softmax}}"), training("loss: dice_crossentropy, "+everyOfVoxels)))
	healthy(t, pipe(masks, segmenter("{conv3d: {filters: 1, kernel_size: 1, activation: sigmoid}}"), training("loss: dice_crossentropy, "+everyOfVoxels)))
	healthy(t, pipe(ages, model("{dense: {units: 1}}"), training("loss: huber, metrics: [mean_absolute_error, mean_squared_error, r2]")))
	healthy(t, pipe(twoVolumes, model("{dense: {units: 1, activation: sigmoid}}"),
		training("loss: binary_crossentropy, metrics: [accuracy, balanced_accuracy, auc, precision, recall, f1, confusion_matrix]")))
}
