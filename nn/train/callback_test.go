package train_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/train"
)

// played is a training in which a column takes given values, and the one weight
// of the network is the epoch's number. It gives the epoch it stopped at, 0 if
// it did not.
func played(t *testing.T, c train.Callback, column string, values []float64, save func(string, *nn.Network[float32]) error) (*train.Course, *nn.Network[float32], int) {
	t.Helper()
	net := network(t, 1, []int{1}, dense(1, nil))
	course := &train.Course{Net: net, Columns: []string{"loss", column}, Save: save}
	follower := c.Start()
	stopped := 0
	for i, v := range values {
		course.Epoch, course.Values = i+1, []float64{0, v}
		net.Params()[0].Value[0] = float32(i + 1)
		if err := follower.Epoch(course); err != nil {
			t.Fatal(err)
		}
		if course.Stopped() != "" {
			stopped = i + 1
			break
		}
	}
	follower.End(course)
	return course, net, stopped
}

func stopping(column string, change func(*train.EarlyStopping)) *train.EarlyStopping {
	s := setting[*train.EarlyStopping](train.Callbacks().New("early_stopping"))
	s.Column = column
	change(s)
	return s
}

// TestEarlyStopping plays what Keras 3's EarlyStopping does (callbacks/early_stopping.py).
func TestEarlyStopping(t *testing.T) {
	baseline, nan := 0.3, math.NaN()
	for _, test := range []struct {
		name     string
		column   string
		change   func(*train.EarlyStopping)
		values   []float64
		stopped  int
		reason   string
		restored int
	}{
		{"no patience", "val_loss", func(*train.EarlyStopping) {},
			[]float64{5, 4, 4, 3}, 3, "val_loss has not improved for 1 epoch (best: 4 in epoch 2)", 0},
		{"never in the first epoch", "val_loss", func(*train.EarlyStopping) {},
			[]float64{nan, nan, 3}, 2, "val_loss has not improved for 2 epochs", 0},
		{"patience", "val_loss", func(s *train.EarlyStopping) { s.Patience = 2 },
			[]float64{5, 4, 6, 3, 6, 6, 6}, 6, "val_loss has not improved for 2 epochs (best: 3 in epoch 4)", 0},
		{"up for accuracy", "val_accuracy", func(s *train.EarlyStopping) { s.Patience = 2 },
			[]float64{0.5, 0.6, 0.6, 0.55, 0.9}, 4, "val_accuracy has not improved for 2 epochs (best: 0.6 in epoch 2)", 0},
		{"down if told so", "val_accuracy", func(s *train.EarlyStopping) { s.Mode = "min" },
			[]float64{0.5, 0.4, 0.6}, 3, "val_accuracy has not improved for 1 epoch (best: 0.4 in epoch 2)", 0},
		{"too small a change", "val_loss", func(s *train.EarlyStopping) { s.MinDelta = 0.5 },
			[]float64{5, 4.4, 4}, 3, "val_loss has not improved for 1 epoch (best: 4.4 in epoch 2)", 0},
		{"too small a change up", "val_accuracy", func(s *train.EarlyStopping) { s.MinDelta = 0.1 },
			[]float64{0.5, 0.75, 0.8}, 3, "val_accuracy has not improved for 1 epoch (best: 0.75 in epoch 2)", 0},
		{"a late start", "val_loss", func(s *train.EarlyStopping) { s.StartFromEpoch = 3 },
			[]float64{1, 2, 3, 4, 5}, 5, "val_loss has not improved for 1 epoch (best: 4 in epoch 4)", 0},
		{"a baseline that is not reached", "val_loss", func(s *train.EarlyStopping) { s.Baseline, s.Patience = &baseline, 2 },
			[]float64{5, 4, 4, 3}, 3, "val_loss has not reached its baseline of 0.3 for 3 epochs (best: 4 in epoch 2)", 0},
		{"a baseline that is reached", "val_loss", func(s *train.EarlyStopping) { s.Baseline, s.Patience = &baseline, 2 },
			[]float64{5, 0.2, 0.25, 0.25}, 4, "val_loss has not improved for 2 epochs (best: 0.2 in epoch 2)", 0},
		{"the best weights", "val_loss", func(s *train.EarlyStopping) { s.RestoreBestWeights, s.Patience = true, 2 },
			[]float64{5, 4, 6, 7}, 4, "val_loss has not improved for 2 epochs (best: 4 in epoch 2)", 2},
		{"the best weights at the end", "val_loss", func(s *train.EarlyStopping) { s.RestoreBestWeights, s.Patience = true, 9 },
			[]float64{5, 4, 6, 7}, 0, "", 2},
	} {
		course, net, stopped := played(t, stopping(test.column, test.change), test.column, test.values, nil)
		if stopped != test.stopped || course.Stopped() != test.reason {
			t.Errorf("%s: stopped in epoch %d because %q, want %d, %q", test.name, stopped, course.Stopped(), test.stopped, test.reason)
		}
		want := test.restored
		if want == 0 {
			want = course.Epoch
		}
		if got := net.Params()[0].Value[0]; got != float32(want) {
			t.Errorf("%s: the weights are those of epoch %v, want %d", test.name, got, want)
		}
	}
}

// TestRestore: the history says whose weights a training ended with, and the
// network evaluates as it did then.
func TestRestore(t *testing.T) {
	net, training, validation := convNet(t, 1, softmax()), blobs(24, true), blobs(24, true)
	training.Examples, validation.Examples = upTo(8), upTo(24)[8:]
	s := train.Settings{
		Loss: &loss.CategoricalCrossentropy{}, Optimizer: sgd(0.3), Task: oneHot, Epochs: 8, BatchSize: 4, Shuffle: true,
		Callbacks: []train.Callback{stopping("val_loss", func(s *train.EarlyStopping) {
			// The other way round, since the last epoch is usually the one with the least
			// loss.
			s.Mode, s.RestoreBestWeights, s.Patience = "max", true, 20
		})},
	}
	h := fit(t, net, training, &validation, s)
	losses := column(t, h, "val_loss")
	best := slices.Max(losses)
	if h.Restored != slices.Index(losses, best)+1 || h.Restored == 8 {
		t.Fatalf("the weights are those of epoch %d, the validation losses %v", h.Restored, losses)
	}
	scores, err := train.Evaluate(t.Context(), net, validation, s, nil)
	if err != nil || scores[0].Value != best {
		t.Errorf("the loss is %v (%v), in the best epoch it was %v", scores, err, best)
	}
}

func TestCheckpoint(t *testing.T) {
	values := []float64{5, 4, 4, math.NaN(), 3}
	for _, test := range []struct {
		change func(*train.Checkpoint)
		file   string
		epochs []float32
	}{
		{func(*train.Checkpoint) {}, "checkpoint/last.safetensors", []float32{1, 2, 3, 4, 5}},
		{func(c *train.Checkpoint) { c.SaveBestOnly = true }, "checkpoint/best.safetensors", []float32{1, 2, 5}},
		{func(c *train.Checkpoint) { c.SaveBestOnly, c.Mode, c.Filepath = true, "max", "top.safetensors" }, "top.safetensors", []float32{1}},
	} {
		c := setting[*train.Checkpoint](train.Callbacks().New("checkpoint"))
		test.change(c)
		var saved []float32
		played(t, c, "val_loss", values, func(name string, net *nn.Network[float32]) error {
			if name != test.file {
				t.Errorf("stored as %s, want %s", name, test.file)
			}
			saved = append(saved, net.Params()[0].Value[0])
			return nil
		})
		if !slices.Equal(saved, test.epochs) {
			t.Errorf("%s: stored after epochs %v, want %v", test.file, saved, test.epochs)
		}
		if _, _, watches := c.Monitor(); watches != c.SaveBestOnly {
			t.Errorf("watches: %t, save_best_only: %t", watches, c.SaveBestOnly)
		}
	}
}

// TestCheckpointThatFails ends the training with the error; the epoch counts.
func TestCheckpointThatFails(t *testing.T) {
	full := errors.New("the disk is full")
	set := blobs(4, true)
	h, err := train.Fit(t.Context(), convNet(t, 1, softmax()), set, &set, train.Settings{
		Loss: &loss.CategoricalCrossentropy{}, Optimizer: adam(), Task: oneHot, Epochs: 3,
		Callbacks: []train.Callback{&train.Checkpoint{}},
		Save:      func(string, *nn.Network[float32]) error { return full },
	}, nil, nil)
	if !errors.Is(err, full) || len(h.Rows) != 1 {
		t.Errorf("error is %v after %d epochs", err, len(h.Rows))
	}
}

func TestDirection(t *testing.T) {
	for column, want := range map[string]string{
		"loss": "min", "val_loss": "min", "val_accuracy": "max", "auc": "max", "val_auc_1": "max", "f1": "max", "val_f1_2": "max",
		"mean_absolute_error": "min", "val_mean_squared_error": "min", "confusion_matrix": "", "val_acc": "", "acc_1": "",
	} {
		if got := train.Direction(column); got != want {
			t.Errorf("better %s is %q, want %q", column, got, want)
		}
	}
	for _, k := range metric.Table().Kinds() {
		if got, want := train.Direction("val_"+k.Name), k.New().(metric.Metric).Better(); got != want {
			t.Errorf("better %s is %q, the metric says %q", k.Name, got, want)
		}
	}
}

func TestManuals(t *testing.T) {
	for _, k := range train.Callbacks().Kinds() {
		if _, err := train.Callbacks().Manual(k.Name); err != nil {
			t.Error(err)
		}
		if _, ok := k.New().(train.Callback); !ok {
			t.Errorf("%s is no Callback", k.Name)
		}
	}
}
