package train_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/train"
)

// TestEvaluate: the scores are those of the predictions, the network stays as it
// is, and the batch size and the threads do not matter.
func TestEvaluate(t *testing.T) {
	net, set := convNet(t, 2, softmax()), blobs(21, true)
	set.Examples = []int{20, 3, 7, 1, 12, 5}
	before := weightsOf(net)
	s := train.Settings{
		Loss: &loss.CategoricalCrossentropy{}, Task: oneHot, BatchSize: 4,
		Metrics: []metric.Metric{&metric.ConfusionMatrix{}, &metric.Accuracy{}, &metric.AUC{}},
	}
	scores, err := train.Evaluate(context.Background(), net, set, s, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(before, weightsOf(net)) {
		t.Error("the weights have moved")
	}

	y, err := train.Predict(context.Background(), net, set.X, set.Examples, 4, nil)
	if err != nil {
		t.Fatal(err)
	}
	var targets []float32
	var crossentropy float64
	for i, example := range set.Examples {
		row := set.Y.(*data.Memory).Example(example)
		targets = append(targets, row...)
		for k, share := range row {
			crossentropy -= float64(share) * math.Log(float64(y[2*i+k])) / float64(len(set.Examples))
		}
	}
	if scores[0].Name != "loss" || scores[1].Name != "confusion_matrix" || scores[2].Name != "accuracy" || len(scores) != 4 {
		t.Fatalf("the scores are %+v", scores)
	}
	near(t, "loss", scores[0].Value, crossentropy, 1e-6)
	for i, m := range s.Metrics {
		meter := metric.New(m, oneHot)
		meter.Add(y, targets)
		if scores[i+1].Value != meter.Value() || !reflect.DeepEqual(scores[i+1].Table, meter.Table()) {
			t.Errorf("%s is %+v, of the predictions %v, %v", scores[i+1].Name, scores[i+1], meter.Value(), meter.Table())
		}
	}

	pool := nn.NewPool(3)
	defer pool.Close()
	s.BatchSize = 100
	again, err := train.Evaluate(context.Background(), net, set, s, pool)
	if err != nil {
		t.Fatal(err)
	}
	// The means of batches are added up in another order.
	near(t, "loss in one batch", again[0].Value, scores[0].Value, 1e-12)
	if !reflect.DeepEqual(again[1:], scores[1:]) {
		t.Errorf("in one batch the scores are %+v, before %+v", again, scores)
	}
}

// TestEvaluateWithoutLoss: for a model of which only the weights are known.
func TestEvaluateWithoutLoss(t *testing.T) {
	set := blobs(4, true)
	scores, err := train.Evaluate(context.Background(), convNet(t, 2, softmax()), set,
		train.Settings{Task: oneHot, Metrics: []metric.Metric{&metric.Accuracy{}}}, nil)
	if err != nil || len(scores) != 1 || scores[0].Name != "accuracy" {
		t.Errorf("scores are %+v, error %v", scores, err)
	}
	if columns := train.Columns(train.Settings{Metrics: []metric.Metric{&metric.Accuracy{}}}, false); !reflect.DeepEqual(columns, []string{"accuracy"}) {
		t.Errorf("columns are %v", columns)
	}
}

func TestEvaluateNothing(t *testing.T) {
	set := blobs(4, true)
	set.Examples = nil
	_, err := train.Evaluate(context.Background(), convNet(t, 2, softmax()), set, train.Settings{Task: oneHot}, nil)
	if err == nil || err.Error() != "there are no examples to evaluate on" {
		t.Errorf("error is %v", err)
	}
}

// TestPredict: rows come in the order asked for, examples may repeat, and the
// batch size makes no difference.
func TestPredict(t *testing.T) {
	net, set := convNet(t, 2, softmax()), blobs(9, true)
	order := []int{8, 0, 3, 3, 1}
	together, err := train.Predict(context.Background(), net, set.X, order, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, example := range order {
		alone, err := train.Predict(context.Background(), net, set.X, []int{example}, 1, nil)
		if err != nil || !reflect.DeepEqual(alone, together[2*i:2*i+2]) {
			t.Errorf("example %d alone is %v, %v; together %v", example, alone, err, together[2*i:2*i+2])
		}
	}
	if none, err := train.Predict(context.Background(), net, set.X, nil, 4, nil); len(none) != 0 || err != nil {
		t.Errorf("no examples give %v, %v", none, err)
	}
	if _, err := train.Predict(context.Background(), net, broken{set.X, 3}, order, 2, nil); !errors.Is(err, errBroken) {
		t.Errorf("error is %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := train.Predict(ctx, net, set.X, order, 2, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if _, err := train.Predict(context.Background(), net, set.Y, order, 2, nil); err == nil {
		t.Error("examples of another shape were accepted")
	}
}
