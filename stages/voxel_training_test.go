package stages_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
)

// segmented is a pipeline that says something of every voxel of phantoms with one
// kind of lesion, or two.
func segmented(classes, encode, head, training, evaluate string) string {
	return `version: 1
seed: 3
stages:
  - phantom: {samples: 24, size: [8, 8, 8], labels: mask, classes: ` + classes + `}
  - reshape: {expand_dims: -1}
  - split: {train: 12, validation: 6, test: 6}` + encode + `
  - model: {layers: [{conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}, ` + head + `]}
  - train: {optimizer: adam, epochs: 2, batch_size: 4, ` + training + `}
  - evaluate: {on: test` + evaluate + `}
  - predict: {on: test, output: answers.npy}
`
}

// TestVoxelsAreTrainedOn: every loss that fits goes through, with each form of the
// labels and each end of the model, and is lower after two epochs.
func TestVoxelsAreTrainedOn(t *testing.T) {
	const (
		rows   = "\n  - label_encode: {classes: 3}"
		ids    = "\n  - label_encode: {classes: 3, form: class_id}"
		three  = "{conv3d: {filters: 3, kernel_size: 1, activation: softmax}}"
		each   = "{conv3d: {filters: 3, kernel_size: 1, activation: sigmoid}}"
		single = "{conv3d: {filters: 1, kernel_size: 1, activation: sigmoid}}"
		all    = ", metrics: [accuracy, balanced_accuracy, auc, precision, recall, f1, dice, iou"
	)
	for _, c := range []struct{ classes, encode, head, training string }{
		{"3", "", three, "loss: dice_crossentropy" + all + ", confusion_matrix, top_k_accuracy: {k: 2}]"},
		{"3", rows, three, "loss: {dice_crossentropy: {include_background: false}}, class_weight: balanced" + all + "]"},
		{"3", ids, three, "loss: dice, class_weight: {0: 0.1, 1: 2, 2: 1}" + all + "]"},
		{"3", rows, three, "loss: focal" + all + "]"},
		{"3", rows, each, "loss: {tversky: {alpha: 0.3, beta: 0.7}}" + all + "]"},
		{"3", rows, each, "loss: binary_crossentropy" + all + "]"},
		{"3", rows, three, "loss: mean_squared_error" + all + ", mean_absolute_error]"},
		{"3", "", three, "loss: sparse_categorical_crossentropy, class_weight: balanced" + all + "]"},
		{"2", "", single, "loss: dice_crossentropy, class_weight: balanced" + all + ", confusion_matrix]"},
		{"2", "", single, "loss: binary_crossentropy" + all + "]"},
		{"2", "", "{conv3d: {filters: 1, kernel_size: 1}}", "loss: {focal: {from_logits: true}}" + all + "]"},
	} {
		config := segmented(c.classes, c.encode, c.head, c.training, "")
		r := run(t, t.Context(), config, nil).done(t)
		history := r.outcomes["train"].Value.(*pipeline.TrainedNetwork).History
		values, _ := history.Column("loss")
		if !(values[1] < values[0]) {
			t.Errorf("the loss goes from %v to %v:\n%s", values[0], values[1], config)
		}
		for _, row := range history.Rows {
			for _, v := range row {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("the history is %v:\n%s", row, config)
				}
			}
		}
	}
}

// TestEvaluateTellsEachClass: the numbers of each class have its name, the class
// that does not count has none, and what a constant answer reaches is told.
func TestEvaluateTellsEachClass(t *testing.T) {
	r := run(t, t.Context(), segmented("3", "", "{conv3d: {filters: 3, kernel_size: 1, activation: softmax}}",
		"loss: dice_crossentropy", ", metrics: [accuracy, dice: {include_background: false}, iou]"), nil).done(t)
	var measured struct {
		Dice, IoU float64
		ByClass   map[string]*float64 `json:"dice_by_class"`
	}
	if err := json.Unmarshal([]byte(r.file(t, "metrics.json")), &measured); err != nil {
		t.Fatal(err)
	}
	one, two := measured.ByClass["lesion_1"], measured.ByClass["lesion_2"]
	background, listed := measured.ByClass["background"]
	if one == nil || two == nil || background != nil || !listed || math.Abs((*one+*two)/2-measured.Dice) > 1e-12 {
		t.Errorf("metrics.json is\n%s", r.file(t, "metrics.json"))
	}
	for _, want := range []string{
		"evaluate: dice is mean_dice_without_background",
		"evaluate: test: always background reaches accuracy 0.9945, dice 0.0000, iou 0.3",
	} {
		if !strings.Contains(r.watch.text(), want) {
			t.Errorf("%q is not told:\n%s", want, r.watch.text())
		}
	}
}
