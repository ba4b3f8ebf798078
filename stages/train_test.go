package stages_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
)

// smallRun trains on a few small heads; the rest of the config follows.
func smallRun(training string, rest ...string) string {
	return `version: 1
seed: 5
stages:
  - phantom: {samples: 40, size: [8, 8, 8], classes: 2}
  - reshape: {expand_dims: -1}
  - split: {train: 0.5, validation: 0.25, test: 0.25, stratify: true}
  - label_encode: {classes: [healthy, tumour]}
  - model:
      layers:
        - conv3d: {filters: 4, kernel_size: 3, activation: relu}
        - global_average_pool3d
        - dense: {units: 2, activation: softmax}
  - train: {optimizer: adam, loss: categorical_crossentropy, batch_size: 8, metrics: [accuracy], ` + training + `}
` + strings.Join(rest, "\n") + "\n"
}

func TestTrainLeavesWhatItLearnt(t *testing.T) {
	r := run(t, t.Context(), smallRun("epochs: 3"), nil).done(t)
	trained := r.outcomes["train"].Value.(*pipeline.TrainedNetwork)
	if want := []string{"loss", "accuracy", "val_loss", "val_accuracy"}; !slices.Equal(trained.History.Columns, want) || len(trained.History.Rows) != 3 {
		t.Errorf("the history has %v and %d rows", trained.History.Columns, len(trained.History.Rows))
	}
	history := strings.Split(strings.TrimSpace(r.file(t, "history.csv")), "\n")
	if len(history) != 4 || history[0] != "epoch,loss,accuracy,val_loss,val_accuracy" {
		t.Errorf("history.csv is\n%s", strings.Join(history, "\n"))
	}
	if r.file(t, "model.safetensors") == "" {
		t.Error("there are no weights")
	}
	var learnt struct {
		Input  []int
		Labels struct{ Names []string }
		Steps  []struct{ Kind string }
	}
	if err := json.Unmarshal([]byte(r.file(t, "preprocessing.json")), &learnt); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(learnt.Input, []int{8, 8, 8, 1}) || !slices.Equal(learnt.Labels.Names, []string{"healthy", "tumour"}) {
		t.Errorf("preprocessing.json says %+v", learnt)
	}
}

func TestTrainTellsClassesAndBaselines(t *testing.T) {
	r := run(t, t.Context(), smallRun("epochs: 1"), nil).done(t)
	for _, want := range []string{
		"train: train: 20 examples: healthy 10, tumour 10",
		"train: validation: 10 examples: healthy 5, tumour 5",
		"train: accuracy is categorical_accuracy",
		"train: validation: always healthy reaches accuracy 0.5000; one of 2 at random an accuracy of 0.5000",
	} {
		if !strings.Contains(r.watch.text(), want) {
			t.Errorf("%q is not told:\n%s", want, r.watch.text())
		}
	}
}

func TestTrainLeavesTheModelAsItWas(t *testing.T) {
	r := run(t, t.Context(), smallRun("epochs: 1", "  - {train: {optimizer: adam, loss: categorical_crossentropy, epochs: 1}, id: again}"), nil).done(t)
	before := r.outcomes["model"].Value.(*pipeline.Network).Net.Params()[0].Value
	after := r.outcomes["train"].Value.(*pipeline.TrainedNetwork).Net.Params()[0].Value
	if slices.Equal(before, after) {
		t.Error("training has changed nothing, or the model it was given")
	}
	// Two train stages have folders of their own.
	for _, name := range []string{"train/model.safetensors", "again/model.safetensors", "again/history.csv"} {
		r.file(t, name)
	}
}

func TestAnInterruptedTrainingSavesItsWeights(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	r := run(t, ctx, smallRun("epochs: 1000"), stop)
	if err := r.outcomes["train"].Err; !errors.Is(err, context.Canceled) {
		t.Fatalf("want the interruption, got %v", err)
	}
	if rows := strings.Count(r.file(t, "history.csv"), "\n"); rows < 2 || rows > 10 {
		t.Errorf("the history has %d lines", rows)
	}
	r.file(t, "model.safetensors")
	r.file(t, "preprocessing.json")
	if len(r.problems) != 0 {
		t.Errorf("an interruption is reported as a problem: %v", summaries(r.problems))
	}
}

func TestTheSameSeedTrainsTheSame(t *testing.T) {
	a := run(t, t.Context(), smallRun("epochs: 2"), nil).done(t)
	b := run(t, t.Context(), smallRun("epochs: 2"), nil).done(t)
	if a.file(t, "model.safetensors") != b.file(t, "model.safetensors") || a.file(t, "history.csv") != b.file(t, "history.csv") {
		t.Error("two runs of one config differ")
	}
}

func TestCallbacksAndClippingReachTheTraining(t *testing.T) {
	r := run(t, t.Context(), smallRun(`epochs: 40, gradient_clip: {norm: 1e-4}, callbacks: [{early_stopping: {monitor: val_loss, patience: 1, min_delta: 0.1}}, {checkpoint: {save_best_only: true}}]`), nil).done(t)
	if n := len(r.outcomes["train"].Value.(*pipeline.TrainedNetwork).History.Rows); n != 2 {
		t.Errorf("training stopped after %d epochs, want 2: nothing can improve", n)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "checkpoint", "best.safetensors")); err != nil {
		t.Error(err)
	}
}

func TestCallbacksWriteIntoTheRecord(t *testing.T) {
	folder := t.TempDir()
	outside := filepath.Join(folder, "all.csv")
	callbacks := `callbacks: [{csv_log: {filename: epochs.tsv, separator: "\t"}}, {csv_log: {filename: ` + outside + `, append: true}}, {tensorboard: {log_dir: board}}, {reduce_lr_on_plateau: {monitor: loss, patience: 1, min_delta: 100}}]`
	for range 2 {
		r := run(t, t.Context(), smallRun("epochs: 2, "+callbacks), nil).done(t)
		history := r.file(t, "history.csv")
		if !strings.HasPrefix(history, "epoch,loss,accuracy,val_loss,val_accuracy,learning_rate\n") || !strings.HasSuffix(history, ",0.001\n") {
			t.Errorf("history.csv is\n%s", history)
		}
		if text := r.file(t, "epochs.tsv"); text != strings.ReplaceAll(history, ",", "\t") {
			t.Errorf("epochs.tsv is\n%s, want\n%s", text, history)
		}
		for _, part := range []string{"train", "validation"} {
			if files, err := filepath.Glob(filepath.Join(r.dir, "board", part, "events.out.tfevents.*")); len(files) != 1 || err != nil {
				t.Errorf("%s has %v, %v", part, files, err)
			}
		}
	}
	if text, err := os.ReadFile(outside); err != nil || strings.Count(string(text), "\n") != 5 || strings.Count(string(text), "epoch") != 1 {
		t.Errorf("two runs added to %s\n%s, %v", outside, text, err)
	}
}

func TestATimeLimitEndsARunWell(t *testing.T) {
	r := run(t, t.Context(), smallRun("epochs: 1000000, callbacks: [{time_limit: {seconds: 0.01}}]", "  - evaluate: {on: test}"), nil).done(t)
	history := r.outcomes["train"].Value.(*pipeline.TrainedNetwork).History
	if history.Stopped != "the time limit of 10ms is over" || len(history.Rows) == 0 {
		t.Errorf("after %d epochs it stopped because %q", len(history.Rows), history.Stopped)
	}
}

func TestASettingThatCallbacksContradict(t *testing.T) {
	for _, test := range []struct{ settings, code, label string }{
		{"schedule: cosine, callbacks: [terminate_on_nan, reduce_lr_on_plateau]", "YML008", "reduce_lr_on_plateau and schedule both decide the learning rate"},
		{"callbacks: [{csv_log: {filename: history.csv}}]", "GRA103", "history.csv is written by train too"},
		{"callbacks: [{checkpoint: {}}, {checkpoint: {monitor: loss}}]", "GRA103", "checkpoint/last.safetensors is written by train too"},
		{"callbacks: [{reduce_lr_on_plateau: {monitor: lose}}]", "MET002", "the history has no column lose"},
		{"callbacks: [{reduce_lr_on_plateau: {monitor: learning_rate}}]", "MET002", "the history has no column learning_rate"},
		{"callbacks: [swap_ema_weights]", "YML007", "use_ema is missing"},
		{"callbacks: [time_limit]", "YML007", "hours, minutes or seconds is missing"},
		{"callbacks: [csv_log]", "YML007", "filename is missing"},
		{"callbacks: [{csv_log: {filename: a.csv, separator: ', '}}]", "YML006", "want exactly 1 character, got 2"},
	} {
		_, problems := checked(t, smallRun("epochs: 2, "+test.settings))
		if len(problems) != 1 || problems[0].Code.ID != test.code || problems[0].Primary.Label != test.label {
			t.Errorf("%s: %v", test.settings, summaries(problems))
		}
	}
}

func TestClassWeightsReachTheLoss(t *testing.T) {
	plain := run(t, t.Context(), smallRun("epochs: 1, shuffle: false"), nil).done(t)
	weighted := run(t, t.Context(), smallRun("epochs: 1, shuffle: false, class_weight: {healthy: 3, tumour: 3}"), nil).done(t)
	balanced := run(t, t.Context(), smallRun("epochs: 1, shuffle: false, class_weight: balanced"), nil).done(t)
	loss := func(r ran) float64 { return r.outcomes["train"].Value.(*pipeline.TrainedNetwork).History.Rows[0][0] }
	if !(loss(weighted) > 2*loss(plain)) {
		t.Errorf("with weights of 3 the loss is %g, without %g", loss(weighted), loss(plain))
	}
	// Of two classes of the same size each one's weight is 20 / (2 × 10) = 1.
	if math.Abs(loss(balanced)-loss(plain)) > 1e-12 {
		t.Errorf("balanced, the loss is %g, without %g", loss(balanced), loss(plain))
	}
}

func TestADatasetThatWasNotSplitIsTrainedOnAsAWhole(t *testing.T) {
	r := run(t, t.Context(), `version: 1
stages:
  - phantom: {samples: 12, size: [8, 8, 8]}
  - reshape: {expand_dims: -1}
  - model: {layers: [global_average_pool3d, {dense: {units: 1, activation: sigmoid}}]}
  - train: {optimizer: adam, loss: binary_crossentropy, epochs: 1, metrics: [accuracy, auc]}
`, nil).done(t)
	if columns := r.outcomes["train"].Value.(*pipeline.TrainedNetwork).History.Columns; !slices.Equal(columns, []string{"loss", "accuracy", "auc"}) {
		t.Errorf("the columns are %v", columns)
	}
	if want := "train: all: 12 examples: healthy 6, lesion 6"; !strings.Contains(r.watch.text(), want) {
		t.Errorf("%q is not told:\n%s", want, r.watch.text())
	}
}

func TestClassWeightIsOneOfThree(t *testing.T) {
	for written, want := range map[string]string{
		"often": "want none, balanced, or a map of the classes to their weights", "{0: heavy, 1: 1}": "the weight of 0",
		"{0: -1, 1: 1}": "the weight of 0",
	} {
		_, found := checked(t, smallRun("epochs: 1, class_weight: "+written))
		if len(found) != 1 || !strings.Contains(found[0].Primary.Label, want) {
			t.Errorf("class_weight: %s: %v", written, summaries(found))
		}
	}
}

func TestTrainWantsTheModelsDataset(t *testing.T) {
	_, found := checked(t, `version: 1
stages:
  - {phantom: {samples: 40, size: [8, 8, 8]}, id: a}
  - {phantom: {samples: 40, size: [8, 8, 8], classes: 3}, id: b}
  - {model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}, from: a}
  - {train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 1}, from: [b, model]}
`)
	if want := "GRA134"; len(found) != 1 || found[0].Code.ID != want {
		t.Errorf("want %s, got %v", want, fmt.Sprint(summaries(found)))
	}
}

// A value that could not be found out has been told of: nothing is made of it.
func TestAnUnknownValueIsToldOnce(t *testing.T) {
	const config = `version: 1
stages:
  - phantom: {samples: 40, size: [8, 8, 8]}
  - reshape: {expand_dims: -1}
  - model: {layers: [{conv3d: {filters: 2, kernel_size: 3, activation: relu}}, flatten, {dense: {units: 2, activation: softmax}}]}
  - train: {optimizer: {adam: {learning_rate: 1e-3}}, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 20}
  - evaluate: {on: all}
`
	for _, known := range []string{"sparse_categorical_crossentropy", "1e-3", "accuracy", "20", "all", "relu", "40", "-1"} {
		_, found := checked(t, strings.Replace(config, known, `"${vars.absent}"`, 1))
		if len(found) != 1 || found[0].Code.ID != "YML011" {
			t.Errorf("in place of %s: %v", known, summaries(found))
		}
	}
}

// A training that a callback ends at a loss that is no number leaves behind where it
// began, like one that fails there.
func TestAnEndedTrainingSaysWhereItsNumbersEnded(t *testing.T) {
	config := smallRun("epochs: 3, callbacks: [terminate_on_nan]")
	config = strings.Replace(config, "  - model:", "  - normalize: {method: rescale, scale: 1e30}\n  - model:", 1)
	r := run(t, t.Context(), config, nil).done(t)
	var origin struct {
		Epoch, Step int
		Where       string
		Samples     []int
	}
	if err := json.Unmarshal([]byte(r.file(t, "nan.json")), &origin); err != nil || origin.Epoch != 1 || origin.Step < 1 || origin.Where == "" || len(origin.Samples) == 0 {
		t.Errorf("%v: %+v", err, origin)
	}
	if !strings.Contains(r.watch.text(), "the batch had the samples ") {
		t.Errorf("the samples are not told:\n%s", r.watch.text())
	}
}
