package main

import (
	"context"
	"time"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/tensor"
	"github.com/voxelpipe/pipe/nn/train"
)

// settings are those of all trainings: the loss from scores and class ids, Adam
// as PyTorch and Keras have it by default.
func (s *subject) settings(epochs int) train.Settings {
	return train.Settings{
		Loss:      &loss.SparseCategoricalCrossentropy{Logits: true, Reduction: loss.Reduction{Reduction: "sum_over_batch_size"}},
		Optimizer: &optim.Adam{LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7},
		Epochs:    epochs, BatchSize: s.batch,
	}
}

// clock notes when epochs and steps end.
type clock struct{ epochs, steps []time.Duration }

func (*clock) Begin(train.Plan)            {}
func (c *clock) Step(p train.Progress)     { c.steps = append(c.steps, p.Took) }
func (c *clock) Epoch(e train.EpochResult) { c.epochs = append(c.epochs, e.Took) }
func (*clock) End(train.Ending)            {}

// epochs gives the seconds of each epoch of a training, after some to warm up.
func (s *subject) epochs(net *nn.Network[float32], pool *nn.Pool, warm, count int) ([]float64, error) {
	var c clock
	if _, err := train.Fit(context.Background(), net, s.set(0), nil, s.settings(warm+count), pool, &c); err != nil {
		return nil, err
	}
	var seconds []float64
	for _, took := range c.epochs[warm:] {
		seconds = append(seconds, took.Seconds())
	}
	return seconds, nil
}

// steps gives the seconds of each step of a training on one batch.
func (s *subject) steps(net *nn.Network[float32], pool *nn.Pool, warm, count int) ([]float64, error) {
	var c clock
	if _, err := train.Fit(context.Background(), net, s.set(warm+count), nil, s.settings(1), pool, &c); err != nil {
		return nil, err
	}
	var seconds []float64
	for i := warm; i < len(c.steps); i++ {
		seconds = append(seconds, (c.steps[i] - c.steps[i-1]).Seconds())
	}
	return seconds, nil
}

// firstLoss is the loss of the first batch with the first weights.
func (s *subject) firstLoss(pool *nn.Pool) (float64, error) {
	history, err := train.Fit(context.Background(), s.alive(), s.set(1), nil, s.settings(1), pool, nil)
	if err != nil {
		return 0, err
	}
	return history.Rows[0][0], nil
}

// infer gives the seconds of computing the outputs for all examples, batch after
// batch, in memory that is there already.
func (s *subject) infer(net *nn.Network[float32], pool *nn.Pool) func(warm, count int) ([]float64, error) {
	pass := &nn.Pass[float32]{Pool: pool}
	input := s.graph.Input.MustSizes()
	each := data.Elements(input)
	var batches []*tensor.Tensor[float32]
	for first := 0; first < s.examples; first += s.batch {
		n := min(s.batch, s.examples-first)
		batches = append(batches, &tensor.Tensor[float32]{Shape: append([]int{n}, input...), Data: s.x[first*each : (first+n)*each]})
	}
	return func(warm, count int) ([]float64, error) {
		return timed(warm, count, func() {
			for _, x := range batches {
				pass.Arena.Reset()
				net.Forward(pass, x, net.Len())
			}
		}), nil
	}
}

// timed gives the seconds of each time that work is done, after some to warm up.
func timed(warm, count int, work func()) []float64 {
	var seconds []float64
	for turn := range warm + count {
		began := time.Now()
		work()
		if turn >= warm {
			seconds = append(seconds, time.Since(began).Seconds())
		}
	}
	return seconds
}
