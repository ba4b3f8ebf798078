package train_test

import (
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/train"
)

// steady is a training in which the one weight, from 0, moves up by the learning
// rate in every one of its three steps an epoch.
func steady(t *testing.T, epochs int, change func(*train.Settings)) (weight float64, h *train.History) {
	t.Helper()
	net := network(t, 1, []int{1}, layers.New(func(d *layers.Dense) { d.Units, d.UseBias = 1, false }))
	net.Params()[0].Value[0] = 0
	s := train.Settings{Loss: &loss.MeanAbsoluteError{}, Optimizer: sgd(0.5), Epochs: epochs, BatchSize: 1}
	change(&s)
	set := numbers(1, []float32{1, 1, 1}, 1, []float32{1000, 1000, 1000})
	h = fit(t, net, set, &set, s)
	return float64(net.Params()[0].Value[0]), h
}

// TestSchedule: each step has the learning rate of its number, and the history
// the last one of each epoch.
func TestSchedule(t *testing.T) {
	half := 0.5
	schedule := &optim.Polynomial{Power: 1, EndLearningRate: 0.125, Rise: optim.Rise{Warmup: 1, WarmupFrom: 0.125}}
	weight, h := steady(t, 3, func(s *train.Settings) { s.Schedule = schedule })
	var want float64
	rates := make([]float64, 0, 3)
	for step := range 9 {
		rate := schedule.At(half, optim.Clock{Step: step, PerEpoch: 3, Total: 9})
		want += rate
		if step%3 == 2 {
			rates = append(rates, rate)
		}
	}
	near(t, "the weight", weight, want, 1e-6)
	near(t, "the sum", want, (0.125+0.25+0.375)+(0.5+0.4375+0.375+0.3125+0.25+0.1875), 1e-12)
	if !slices.Equal(h.Columns, []string{"loss", "val_loss", "learning_rate"}) || !slices.Equal(column(t, h, "learning_rate"), rates) {
		t.Errorf("the history has %v: %v, want the rates %v", h.Columns, h.Rows, rates)
	}
}

// TestScheduleCountsBatches: with accumulation too, as Keras' do.
func TestScheduleCountsBatches(t *testing.T) {
	weight, _ := steady(t, 2, func(s *train.Settings) {
		s.Optimizer = &optim.SGD{LearningRate: 0.5, Common: optim.Common{GradientAccumulationSteps: 3}}
		s.Schedule = &optim.Polynomial{Power: 1}
	})
	near(t, "the weight", weight, 0.5*(4./6)+0.5*(1./6), 1e-6) // steps 2 and 5 of 6
}

// TestNoSchedule: without one the history has no learning rate.
func TestNoSchedule(t *testing.T) {
	weight, h := steady(t, 1, func(*train.Settings) {})
	if weight != 1.5 || !slices.Equal(h.Columns, []string{"loss", "val_loss"}) {
		t.Errorf("the weight is %v, the history has %v", weight, h.Columns)
	}
}
