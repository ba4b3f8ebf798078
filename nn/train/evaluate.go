package train

import (
	"context"
	"errors"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/metric"
)

// Score is one number, or one table, of an evaluation.
type Score struct {
	// Name is "loss" or the metric's name.
	Name  string
	Value float64
	// Table is set for a metric that is a table; Value is then 0.
	Table *metric.Matrix
	// Classes is the number for each class, for a metric that has one; NaN for a class
	// that is not measured.
	Classes []float64
}

// Evaluate measures a network on a set without changing it: the loss first,
// unless the settings have none, then the metrics in their order. The loss
// includes the penalties of regularizers, as in training.
func Evaluate(ctx context.Context, net *nn.Network[float32], set Set, s Settings, pool *nn.Pool) ([]Score, error) {
	if len(set.Examples) == 0 {
		return nil, errors.New("there are no examples to evaluate on")
	}
	s = s.resolved()
	if err := set.fits(net, s.target()); err != nil {
		return nil, err
	}
	e := newExaminer(net, &nn.Pass[float32]{Seed: s.Seed, Pool: pool}, &s)
	if err := e.examine(ctx, newFeed(net, set, s.batchSize(), s.target(), nil, pool)); err != nil {
		return nil, err
	}
	var scores []Score
	if s.Loss != nil {
		scores = append(scores, Score{Name: "loss", Value: e.lossSum / float64(e.examples)})
	}
	for i, name := range metricNames(s.Metrics) {
		score := Score{Name: name, Value: e.meters[i].Value(), Table: e.meters[i].Table()}
		if m, ok := e.meters[i].(metric.ByClass); ok {
			score.Classes = m.ByClass()
		}
		scores = append(scores, score)
	}
	return scores, nil
}

// examine runs a whole set through the network, which must not be in training
// mode.
func (e *examiner) examine(ctx context.Context, f *feed) error {
	e.reset()
	// The weights stay, so their penalty is the same for every batch.
	penalty := e.net.Penalty()
	return f.each(ctx, f.set.Examples, func(_ int, b *batch) error {
		loss, _ := e.run(b, false)
		e.count(loss+penalty, b.x.Batch())
		return nil
	})
}
