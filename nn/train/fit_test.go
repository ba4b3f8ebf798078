package train_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/penalty"
	"github.com/voxelpipe/pipe/nn/train"
)

// TestLearns: a small convolutional network tells two kinds of volumes apart.
func TestLearns(t *testing.T) {
	net := convNet(t, 1, softmax())
	training, validation := blobs(64, true), blobs(64, true)
	training.Examples, validation.Examples = upTo(48), upTo(64)[48:]
	h := fit(t, net, training, &validation, train.Settings{
		Loss: &loss.CategoricalCrossentropy{}, Optimizer: adam(), Task: oneHot, Epochs: 20, BatchSize: 8, Shuffle: true,
		Metrics: []metric.Metric{&metric.Accuracy{}, &metric.AUC{}, &metric.ConfusionMatrix{}},
	})
	if want := []string{"loss", "accuracy", "auc", "val_loss", "val_accuracy", "val_auc"}; !slices.Equal(h.Columns, want) {
		t.Errorf("columns are %v, want %v", h.Columns, want)
	}
	if !slices.Equal(h.Epochs, upTo(21)[1:]) || len(h.Rows) != 20 {
		t.Errorf("epochs are %v", h.Epochs)
	}
	losses := column(t, h, "loss")
	if losses[0] < 0.3 || losses[19] > 0.4 {
		t.Errorf("the loss went from %v to %v", losses[0], losses[19])
	}
	near(t, "the last validation accuracy", column(t, h, "val_accuracy")[19], 1, 0)
	near(t, "the last validation auc", column(t, h, "val_auc")[19], 1, 0)
}

// TestThreads: the same bits for any number of threads; other bits for another
// seed.
func TestThreads(t *testing.T) {
	settings := train.Settings{
		Loss: &loss.CategoricalCrossentropy{LabelSmoothing: 0.1}, Optimizer: adam(), Task: oneHot, Epochs: 2, BatchSize: 8, Shuffle: true,
		Metrics: []metric.Metric{&metric.Accuracy{}, &metric.AUC{}}, ClipNorm: 0.5, Seed: 3,
	}
	run := func(threads int, seed uint64) ([]float32, [][]float64) {
		pool := nn.NewPool(threads)
		defer pool.Close()
		net, set := convNet(t, 1, softmax()), blobs(30, true)
		if threads > 1 {
			set.X = broken{set.X, -1} // a source that is no memory is read by all threads
		}
		s := settings
		s.Seed = seed
		h, err := train.Fit(context.Background(), net, set, &set, s, pool, nil)
		if err != nil {
			t.Fatal(err)
		}
		return weightsOf(net), h.Rows
	}
	weights, rows := run(1, 3)
	for _, threads := range []int{2, 3, 8} {
		if w, r := run(threads, 3); !slices.Equal(w, weights) || !sameNumbers(r, rows) {
			t.Errorf("%d threads give other bits than 1: %v and %v", threads, r, rows)
		}
	}
	if w, _ := run(1, 4); slices.Equal(w, weights) {
		t.Error("another seed gives the same weights")
	}
}

// TestShuffle: the order of examples is the seed's, and only where asked for.
func TestShuffle(t *testing.T) {
	run := func(shuffle bool, seed uint64) []float32 {
		net := network(t, 1, []int{1}, dense(1, nil))
		fit(t, net, numbers(1, []float32{1, 2, 3, 4, 5}, 1, []float32{1, 0, 1, 0, 2}), nil, train.Settings{
			Loss: &loss.MeanSquaredError{}, Optimizer: sgd(0.01), Epochs: 3, BatchSize: 2, Shuffle: shuffle, Seed: seed,
		})
		return weightsOf(net)
	}
	if !slices.Equal(run(false, 1), run(false, 2)) {
		t.Error("in the order given, the seed makes a difference")
	}
	if slices.Equal(run(true, 1), run(true, 2)) || slices.Equal(run(true, 1), run(false, 1)) {
		t.Error("shuffled by another seed, or not at all, the weights are the same")
	}
}

// TestByHand follows two epochs of one linear unit in a loop written out in
// float64: the order of examples, the last batch that is not full, the mean in
// which a batch weighs as much as it has examples, weights that keep changing
// during an epoch, and the validation after it.
func TestByHand(t *testing.T) {
	x := []float32{1, 2, -1, 0.5, 3, -2, 0.25}
	y := []float32{2, 3, 0, 1, 5, -2, 1}
	weights := []float32{1, 1, 2, 0.5, 1, 3, 1}
	for _, dropLast := range []bool{false, true} {
		net := network(t, 5, []int{1}, dense(1, nil))
		w, b := float64(net.Params()[0].Value[0]), 0.0
		training, validation := numbers(1, x, 1, y), numbers(1, x, 1, y)
		training.Examples, training.W, validation.Examples = upTo(5), data.NewMemory(nil, weights), []int{5, 6}
		h := fit(t, net, training, &validation, train.Settings{
			Loss: &loss.MeanSquaredError{}, Optimizer: sgd(0.05), Epochs: 2, BatchSize: 2, DropLast: dropLast,
			Metrics: []metric.Metric{&metric.MeanAbsoluteError{}}, Task: metric.Task{Kind: metric.Regression, Outputs: 1, Target: loss.Real},
		})
		batches := [][]int{{0, 1}, {2, 3}, {4}}
		if dropLast {
			batches = batches[:2]
		}
		for epoch := range 2 {
			var sum, absolute, n float64
			for _, batch := range batches {
				var dw, db float64
				for _, i := range batch {
					d := w*float64(x[i]) + b - float64(y[i])
					weight := float64(weights[i])
					sum += weight * d * d
					absolute += math.Abs(d)
					dw += weight * 2 * d * float64(x[i]) / float64(len(batch))
					db += weight * 2 * d / float64(len(batch))
					n++
				}
				w, b = w-0.05*dw, b-0.05*db
			}
			near(t, "loss", h.Rows[epoch][0], sum/n, 1e-5)
			near(t, "mean absolute error", h.Rows[epoch][1], absolute/n, 1e-5)
			sum = 0
			for _, i := range []int{5, 6} {
				d := w*float64(x[i]) + b - float64(y[i])
				sum += d * d / 2
			}
			near(t, "validation loss", h.Rows[epoch][2], sum, 1e-5)
		}
		near(t, "the weight", float64(net.Params()[0].Value[0]), w, 1e-5)
		near(t, "the bias", float64(net.Params()[1].Value[0]), b, 1e-5)
	}
}

// TestScoresAndProbabilities: with a softmax or sigmoid at the end the loss is
// computed from the scores in front of it: the same training, bit for bit, as
// without it and with from_logits.
func TestScoresAndProbabilities(t *testing.T) {
	tags := metric.Task{Kind: metric.MultiLabel, Outputs: 2, Target: loss.Binary}
	for name, test := range map[string]struct {
		end             layers.Activation
		whole, ofScores loss.Loss
		task            metric.Task
		oneHot          bool
	}{
		"categorical": {softmax(), &loss.CategoricalCrossentropy{}, &loss.CategoricalCrossentropy{Logits: true}, oneHot, true},
		"sparse": {softmax(), &loss.SparseCategoricalCrossentropy{}, &loss.SparseCategoricalCrossentropy{Logits: true},
			metric.Task{Kind: metric.MultiClass, Outputs: 2, Target: loss.ClassID}, false},
		"binary": {sigmoid(), &loss.BinaryCrossentropy{}, &loss.BinaryCrossentropy{Logits: true}, tags, true},
	} {
		s := train.Settings{
			Optimizer: adam(), Task: test.task, Epochs: 2, BatchSize: 8,
			Metrics: []metric.Metric{&metric.Accuracy{}, &metric.AUC{}},
		}
		whole, scores, set := convNet(t, 1, test.end), convNet(t, 1, nil), blobs(20, test.oneHot)
		s.Loss = test.whole
		a := fit(t, whole, set, &set, s)
		s.Loss = test.ofScores
		b := fit(t, scores, set, &set, s)
		if !slices.Equal(weightsOf(whole), weightsOf(scores)) || !sameNumbers(a.Rows, b.Rows) {
			t.Errorf("%s: %v with the activation, %v without", name, a.Rows, b.Rows)
		}
	}
}

// TestCertainties: scores so far apart that their softmax is 0 in single
// precision still give a loss and a way back.
func TestCertainties(t *testing.T) {
	net := network(t, 1, []int{1}, dense(2, softmax()))
	copy(net.Params()[0].Value, []float32{500, -500})
	set := numbers(1, []float32{1}, 2, []float32{0, 1})
	h := fit(t, net, set, nil, train.Settings{Loss: &loss.CategoricalCrossentropy{}, Optimizer: sgd(10), Task: oneHot, Epochs: 2})
	near(t, "the loss of a certainty", h.Rows[0][0], 1000, 0)
	near(t, "the loss one step later", h.Rows[1][0], 1000-4*10, 1e-3)
}

// TestPenalty: regularizers count in the loss of training and validation, and
// pull at the weights.
func TestPenalty(t *testing.T) {
	unit := layers.New(func(d *layers.Dense) { d.Units, d.UseBias, d.KernelRegularizer = 1, false, &penalty.L2{Factor: 0.25} })
	net := network(t, 1, []int{1}, unit)
	net.Params()[0].Value[0] = 2
	set := numbers(1, []float32{1}, 1, []float32{2})
	h := fit(t, net, set, &set, train.Settings{Loss: &loss.MeanSquaredError{}, Optimizer: sgd(0.1), Epochs: 1})
	near(t, "loss", h.Rows[0][0], 0.25*4, 1e-6)
	w := 2 - 0.1*0.5*2 // the slope of 0.25·w² is 0.5·w
	near(t, "weight", float64(net.Params()[0].Value[0]), w, 1e-6)
	near(t, "validation loss", h.Rows[0][1], (w-2)*(w-2)+0.25*w*w, 1e-6)
}

// TestPerVoxel: a network that classifies every voxel trains on the mean over
// all of them.
func TestPerVoxel(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	x, y := make([]float32, 6*24), make([]float32, 6*24)
	for i := range x {
		x[i] = float32(random.NormFloat64())
		if x[i] > 0 {
			y[i] = 1
		}
	}
	set := train.Set{X: data.NewMemory([]int{2, 3, 4, 1}, x), Y: data.NewMemory([]int{2, 3, 4}, y), Examples: upTo(6)}
	net := network(t, 1, []int{2, 3, 4, 1}, conv(2, softmax()))
	h := fit(t, net, set, nil, train.Settings{
		Loss: &loss.SparseCategoricalCrossentropy{}, Optimizer: sgd(0.5), Epochs: 40, Metrics: []metric.Metric{&metric.Accuracy{}},
		Task: metric.Task{Kind: metric.MultiClass, Outputs: 2, PerVoxel: true, Target: loss.ClassID},
	})
	if last := h.Rows[39]; last[1] < 0.95 || last[0] > 0.4 {
		t.Errorf("after 40 epochs loss and accuracy are %v", last)
	}
}

// TestNoData: sets that can't be trained on, with numbers.
func TestNoData(t *testing.T) {
	good := func() (*nn.Network[float32], train.Set, train.Settings) {
		return network(t, 1, []int{1}, dense(2, softmax())), numbers(1, []float32{1, 2, 3}, 2, []float32{1, 0, 0, 1, 1, 0}),
			train.Settings{Loss: &loss.CategoricalCrossentropy{}, Optimizer: sgd(0.1), Task: oneHot, Epochs: 1, BatchSize: 2}
	}
	nan := float32(math.NaN())
	for _, test := range []struct {
		want   string
		change func(training, validation *train.Set, s *train.Settings)
	}{
		{"no examples to train on", func(a, _ *train.Set, _ *train.Settings) { a.Examples = nil }},
		{"no examples to validate on", func(_, b *train.Set, _ *train.Settings) { b.Examples = nil }},
		{"3 examples do not fill one batch of 4", func(_, _ *train.Set, s *train.Settings) { s.BatchSize, s.DropLast = 4, true }},
		{"the examples have shape [3], the model takes [1]", func(a, _ *train.Set, _ *train.Settings) {
			a.X = data.NewMemory([]int{3}, make([]float32, 9))
		}},
		{"the labels have shape [1], which is 1 values for each example; the model's output [2] needs 2 (one-hot rows)", func(a, _ *train.Set, _ *train.Settings) {
			a.Y = data.NewMemory([]int{1}, make([]float32, 3))
		}},
		{"3 examples and 2 labels", func(a, _ *train.Set, _ *train.Settings) { a.Y = data.NewMemory([]int{2}, make([]float32, 4)) }},
		{"3 examples and 1 weights", func(a, _ *train.Set, _ *train.Settings) { a.W = data.NewMemory(nil, []float32{1}) }},
		{"the label of example 1 is NaN", func(a, _ *train.Set, _ *train.Settings) {
			a.Y = data.NewMemory([]int{2}, []float32{1, 0, nan, 1, 1, 0})
		}},
		{"the label of example 2 is 2, but the model has 2 classes: 0 to 1", func(a, _ *train.Set, s *train.Settings) {
			s.Loss, a.Y = &loss.SparseCategoricalCrossentropy{}, data.NewMemory(nil, []float32{0, 1, 2})
		}},
		{"early_stopping watches \"val_acc\", but this training gives [loss val_loss]", func(_, _ *train.Set, s *train.Settings) {
			s.Callbacks = []train.Callback{&train.EarlyStopping{Monitoring: train.Monitoring{Column: "val_acc", Mode: "auto"}}}
		}},
		{"swap_ema_weights needs an optimizer with use_ema", func(_, _ *train.Set, s *train.Settings) {
			s.Callbacks = []train.Callback{&train.SwapEMAWeights{}}
		}},
	} {
		net, training, s := good()
		validation := training
		test.change(&training, &validation, &s)
		if s.Loss.Target() == loss.ClassID {
			validation.Y = training.Y
		}
		_, err := train.Fit(context.Background(), net, training, &validation, s, nil, nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error is %v, want %q", err, test.want)
		}
	}
}

// broken is a source that can't read one example.
type broken struct {
	data.Source
	example int
}

var errBroken = errors.New("broken")

func (b broken) Read(i int, into []float32) error {
	if i == b.example {
		return errBroken
	}
	return b.Source.Read(i, into)
}

// TestBrokenSource: what was trained before the example stays, and its error is
// the one given.
func TestBrokenSource(t *testing.T) {
	set := blobs(20, true)
	set.X = broken{set.X, 17}
	watch := &recorder{}
	h, err := train.Fit(context.Background(), convNet(t, 1, softmax()), set, nil,
		train.Settings{Loss: &loss.CategoricalCrossentropy{}, Optimizer: adam(), Task: oneHot, Epochs: 2, BatchSize: 4}, nil, watch)
	if !errors.Is(err, errBroken) || h == nil || len(h.Rows) != 0 {
		t.Errorf("error is %v, history %v", err, h)
	}
	if watch.steps != 4 || watch.ending.Err != err {
		t.Errorf("%d steps were done, want 4; the ending is %+v", watch.steps, watch.ending)
	}
}

// recorder remembers what an observer is told, and can end a training.
type recorder struct {
	plan   train.Plan
	steps  int
	last   train.Progress
	epochs []train.EpochResult
	ending train.Ending
	ended  bool
	at     int
	stop   func()
}

func (r *recorder) Begin(p train.Plan) { r.plan = p }

func (r *recorder) Step(p train.Progress) {
	r.steps++
	p.Values = slices.Clone(p.Values)
	r.last = p
	if r.steps == r.at {
		r.stop()
	}
}

func (r *recorder) Epoch(e train.EpochResult) {
	e.Values = slices.Clone(e.Values)
	r.epochs = append(r.epochs, e)
}

func (r *recorder) End(e train.Ending) { r.ending, r.ended = e, true }

// TestCancel: training ends between two steps, with the history of the epochs
// that were finished and the weights as they are.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	watch := &recorder{at: 7, stop: cancel} // 5 steps an epoch
	net, set := convNet(t, 1, softmax()), blobs(20, true)
	before := weightsOf(net)
	h, err := train.Fit(ctx, net, set, nil,
		train.Settings{Loss: &loss.CategoricalCrossentropy{}, Optimizer: adam(), Task: oneHot, Epochs: 100, BatchSize: 4}, nil, watch)
	if !errors.Is(err, context.Canceled) || len(h.Rows) != 1 || watch.steps != 7 {
		t.Errorf("error is %v after %d epochs and %d steps", err, len(h.Rows), watch.steps)
	}
	if slices.Equal(before, weightsOf(net)) {
		t.Error("the weights have not moved")
	}
	if !watch.ended || watch.ending.Epochs != 1 || !errors.Is(watch.ending.Err, context.Canceled) {
		t.Errorf("the ending is %+v", watch.ending)
	}
}

// TestObserver: what is told agrees with the history.
func TestObserver(t *testing.T) {
	watch, set := &recorder{}, blobs(20, true)
	h, err := train.Fit(context.Background(), convNet(t, 1, softmax()), set, &set, train.Settings{
		Loss: &loss.CategoricalCrossentropy{}, Optimizer: adam(), Task: oneHot, Epochs: 2, BatchSize: 8,
		Metrics: []metric.Metric{&metric.AUC{}, &metric.Accuracy{}, &metric.ConfusionMatrix{}},
	}, nil, watch)
	if err != nil {
		t.Fatal(err)
	}
	plan := train.Plan{Epochs: 2, Steps: 3, BatchSize: 8, Examples: 20, Validation: 20, Columns: h.Columns}
	if !reflect.DeepEqual(watch.plan, plan) {
		t.Errorf("the plan is %+v, want %+v", watch.plan, plan)
	}
	if p := watch.last; p.Epoch != 2 || p.Step != 3 || p.Steps != 3 || watch.steps != 6 ||
		!slices.Equal(p.Columns, []string{"loss", "accuracy"}) || p.Values[0] != h.Rows[1][0] || p.Values[1] != h.Rows[1][2] {
		t.Errorf("after %d steps the progress is %+v, the history %v", watch.steps, p, h.Rows)
	}
	for i, e := range watch.epochs {
		if e.Epoch != i+1 || e.Epochs != 2 || !slices.Equal(e.Values, h.Rows[i]) {
			t.Errorf("epoch %d is %+v", i+1, e)
		}
	}
	if !watch.ended || watch.ending.Epochs != 2 || watch.ending.Err != nil || watch.ending.Stopped != "" {
		t.Errorf("the ending is %+v", watch.ending)
	}
}

// TestDiverged: a loss that is no number is an error which says where, unless a
// callback makes it the end. Either way the weights are the last good ones.
func TestDiverged(t *testing.T) {
	set := numbers(1, []float32{1, 1, float32(math.Inf(1)), 1}, 1, []float32{0, 0, 0, 0})
	s := train.Settings{Loss: &loss.MeanSquaredError{}, Optimizer: sgd(0.1), Epochs: 3, BatchSize: 1}
	net := network(t, 1, []int{1}, dense(1, nil))
	net.Params()[0].Value[0] = 1
	h, err := train.Fit(context.Background(), net, set, nil, s, nil, nil)
	var diverged *train.Diverged
	if !errors.As(err, &diverged) || len(h.Rows) != 0 {
		t.Fatalf("error is %v, history %v", err, h.Rows)
	}
	if want := (train.Diverged{Epoch: 1, Step: 3, Steps: 4, Loss: math.Inf(1), Before: diverged.Before, Origin: diverged.Origin}); *diverged != want {
		t.Errorf("error is %+v, want %+v", *diverged, want)
	}
	near(t, "the loss before", diverged.Before, 0.36, 1e-6) // (1 - 2·0.2)²
	if want := "the loss became infinite in epoch 1, step 3 of 4 (0.36 in the step before), first in the examples themselves (1 of 1 values)"; !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error is %v", err)
	}

	s.Callbacks = []train.Callback{&train.TerminateOnNaN{}}
	h = fit(t, net, set, &set, s)
	if h.Stopped != "the loss became infinite in epoch 1, step 3, first in the examples themselves (1 of 1 values)" || len(h.Rows) != 1 || finite(h.Rows[0][0]) || finite(h.Rows[0][1]) {
		t.Errorf("stopped because %q with the history %v", h.Stopped, h.Rows)
	}
	for _, w := range weightsOf(net) {
		if !finite(float64(w)) {
			t.Errorf("the weights are %v", weightsOf(net))
		}
	}
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// TestMemory: once the first epoch has shown how much is needed, a step takes
// next to nothing: no tensor, only what hands out work.
func TestMemory(t *testing.T) {
	const features, examples, epochSteps = 2000, 64, 2 * 16 // of training and validation
	set := numbers(features, make([]float32, examples*features), 2, make([]float32, examples*2))
	took := func(epochs int) uint64 {
		net := network(t, 1, []int{features}, dense(50, relu()), layers.New(func(d *layers.Dropout) { d.Rate = 0.5 }), dense(2, softmax()))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		fit(t, net, set, &set, train.Settings{
			Loss: &loss.CategoricalCrossentropy{}, Optimizer: adam(), Task: oneHot, Epochs: epochs, BatchSize: 4, Shuffle: true,
			Metrics: []metric.Metric{&metric.Accuracy{}},
		})
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	few, many := took(2), took(6)
	// The inputs of one batch alone are 4·2000·4 = 32000 bytes.
	if perStep := float64(many-few) / (4 * epochSteps); perStep > 4000 {
		t.Errorf("a step takes %.0f bytes", perStep)
	} else {
		t.Logf("a step takes %.0f bytes", perStep)
	}
}
