package stages_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
)

func TestEvaluateMeasuresAPartition(t *testing.T) {
	r := run(t, t.Context(), smallRun("epochs: 2", "  - evaluate: {metrics: [accuracy, auc, confusion_matrix]}"), nil).done(t)
	results := r.outcomes["evaluate"].Value.(*pipeline.Results)
	var names []string
	for _, n := range results.Numbers {
		names = append(names, n.Name)
	}
	if !slices.Equal(names, []string{"loss", "accuracy", "auc"}) {
		t.Errorf("measured %v", names)
	}
	table := results.Tables[0]
	sum := 0
	for _, row := range table.Counts {
		for _, n := range row {
			sum += n
		}
	}
	if !slices.Equal(table.Rows, []string{"healthy", "tumour"}) || sum != 10 {
		t.Errorf("the confusion matrix is %+v", table)
	}
	var measured struct {
		On              string
		Examples        int
		Loss, Accuracy  *float64
		ConfusionMatrix *pipeline.Table `json:"confusion_matrix"`
	}
	if err := json.Unmarshal([]byte(r.file(t, "metrics.json")), &measured); err != nil {
		t.Fatal(err)
	}
	if measured.On != "test" || measured.Examples != 10 || measured.Loss == nil || *measured.Accuracy != results.Numbers[1].Value || measured.ConfusionMatrix == nil {
		t.Errorf("metrics.json is\n%s", r.file(t, "metrics.json"))
	}
	if want := "test: always healthy reaches accuracy 0.5000, auc 0.5000; one of 2 at random an accuracy of 0.5000"; !strings.Contains(r.watch.text(), "test: loss") || !strings.Contains(r.watch.text(), want) {
		t.Errorf("the numbers are told as\n%s", r.watch.text())
	}
}

func TestEvaluateTakesTheTrainingsMetrics(t *testing.T) {
	r := run(t, t.Context(), smallRun("epochs: 1", "  - evaluate: {on: validation}"), nil).done(t)
	numbers := r.outcomes["evaluate"].Value.(*pipeline.Results).Numbers
	history := r.outcomes["train"].Value.(*pipeline.TrainedNetwork).History
	// The validation of the last epoch is the same measurement, in batches of
	// another size: sums of float32 are rounded elsewhere.
	if math.Abs(numbers[0].Value-history.Rows[0][2]) > 1e-6 || numbers[1].Value != history.Rows[0][3] {
		t.Errorf("evaluate measures %v, the training %v", numbers, history.Rows[0])
	}
}

func TestEvaluateNeedsNoTrainingIfThereAreWeights(t *testing.T) {
	first := run(t, t.Context(), smallRun("epochs: 2", "  - evaluate"), nil).done(t)
	folder := t.TempDir()
	if err := os.Rename(filepath.Join(first.dir, "model.safetensors"), filepath.Join(folder, "trained.safetensors")); err != nil {
		t.Fatal(err)
	}
	config := smallRun("epochs: 2", "  - evaluate", "  - predict: {output: out.npy}")
	config = strings.Replace(config, "  - model:\n", "  - model:\n      weights: trained.safetensors\n", 1)
	config = strings.Join(slices.DeleteFunc(strings.Split(config, "\n"), func(line string) bool { return strings.HasPrefix(line, "  - train") }), "\n")
	second := runIn(t, t.Context(), folder, config, nil).done(t)
	a, b := first.outcomes["evaluate"].Value.(*pipeline.Results).Numbers, second.outcomes["evaluate"].Value.(*pipeline.Results).Numbers
	if len(b) != 1 || a[1] != b[0] {
		t.Errorf("with its weights from a file the model measures %v, trained %v", b, a)
	}
}

func TestEvaluateNamesThePartitionsThereAre(t *testing.T) {
	_, found := checked(t, `version: 1
stages:
  - phantom: {samples: 40, size: [8, 8, 8]}
  - split: {train: 0.75, validation: 0.25}
  - model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 1}
  - evaluate
`)
	if len(found) != 1 || found[0].Code.ID != "GRA135" || found[0].Notes[0] != "the partitions are: all (40 examples), train (30), validation (10)" {
		t.Errorf("got %v, %q", summaries(found), found[0].Notes)
	}
}

// TestNoSuchPartitionOfFiles asks load, which divided the examples, for the part
// that is missing.
func TestNoSuchPartitionOfFiles(t *testing.T) {
	_, found := checked(t, `version: 1
stages:
  - load: {train: {volumes: a.npy, labels: b.npy}, validation: {volumes: c.npy, labels: d.npy}, shape: [N, 8, 8, 8], label_kind: class_id}
  - model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 1}
  - evaluate
`)
	if len(found) != 1 || found[0].Code.ID != "GRA135" || found[0].Help[0].Text != "give load the files of test, or rows of it in its table" {
		t.Errorf("got %v", found)
	}
}

func TestEvaluateComparesLabelsWithTheTrainings(t *testing.T) {
	_, found := checked(t, `version: 1
stages:
  - {phantom: {samples: 40, size: [8, 8, 8]}, id: raw}
  - label_encode: {classes: 2}
  - model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}
  - train: {optimizer: adam, loss: categorical_crossentropy, epochs: 1}
  - {evaluate: {on: all}, from: [raw, train]}
`)
	if len(found) != 1 || found[0].Code.ID != "OUT006" {
		t.Errorf("got %v", summaries(found))
	}
}

func TestWeightsOfAnotherModelAreRefused(t *testing.T) {
	first := run(t, t.Context(), smallRun("epochs: 1"), nil).done(t)
	config := strings.Replace(smallRun("epochs: 1"), "  - model:\n", "  - model:\n      weights: "+filepath.Join(first.dir, "model.safetensors")+"\n", 1)
	config = strings.Replace(config, "filters: 4", "filters: 5", 1)
	found := planned(t, config)
	if len(found) != 1 || found[0].Code.ID != "PRD004" || !strings.Contains(strings.Join(found[0].Notes, "\n"), "conv3d/kernel is [3, 3, 3, 1, 4] in the file, [3, 3, 3, 1, 5] in the model") {
		t.Errorf("got %v, %q", summaries(found), found[0].Notes)
	}
}

func TestEvaluateMeasuresEachClass(t *testing.T) {
	r := run(t, t.Context(), `version: 1
stages:
  - phantom: {samples: 8, size: [6, 8, 8], labels: mask, classes: 3, lesion: {radius: [0.4, 0.5]}}
  - reshape: {expand_dims: -1}
  - label_encode: {classes: [air, first, second]}
  - model: {layers: [{conv3d: {filters: 3, kernel_size: 3, padding: same, activation: softmax}}]}
  - train: {optimizer: adam, loss: dice_crossentropy, epochs: 1, batch_size: 4}
  - evaluate: {on: all, metrics: [accuracy, dice, {iou: {include_background: false}}]}
`, nil).done(t)
	results := r.outcomes["evaluate"].Value.(*pipeline.Results)
	if len(results.ByClass) != 2 || !slices.Equal(results.ByClass[0].Classes, []string{"air", "first", "second"}) {
		t.Fatalf("measured by class: %+v", results.ByClass)
	}
	dice, iou := results.ByClass[0].Values, results.ByClass[1].Values
	if mean := (dice[0] + dice[1] + dice[2]) / 3; math.Abs(mean-results.Numbers[2].Value) > 1e-12 || !math.IsNaN(iou[0]) {
		t.Errorf("dice %v, iou %v of the classes; the numbers are %+v", dice, iou, results.Numbers)
	}
	if n := results.Numbers[3]; results.Trivial != "always air" || !n.Compared || n.Trivial != 0 {
		t.Errorf("%s reaches %+v, want no overlap with a region in front", results.Trivial, n)
	}
	var measured struct {
		Dice, IoU map[string]*float64
		Trivial   struct {
			Answer   string
			Accuracy float64
		}
	}
	text := strings.NewReplacer("dice_by_class", "Dice", "iou_by_class", "IoU", `"dice":`, `"-":`, `"iou":`, `"-":`).Replace(r.file(t, "metrics.json"))
	if err := json.Unmarshal([]byte(text), &measured); err != nil {
		t.Fatal(err)
	}
	if *measured.Dice["second"] != dice[2] || measured.IoU["air"] != nil || measured.Trivial.Answer != "always air" || measured.Trivial.Accuracy != results.Numbers[1].Trivial {
		t.Errorf("metrics.json is\n%s", r.file(t, "metrics.json"))
	}
	if !strings.Contains(r.watch.text(), "evaluate: all: dice of air ") {
		t.Errorf("told is\n%s", r.watch.text())
	}
}
