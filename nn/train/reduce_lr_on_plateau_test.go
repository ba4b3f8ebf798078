package train_test

import (
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/train"
)

func plateau(change func(*train.ReduceLROnPlateau)) *train.ReduceLROnPlateau {
	r := setting[*train.ReduceLROnPlateau](train.Callbacks().New("reduce_lr_on_plateau"))
	change(r)
	return r
}

// TestReduceLROnPlateau plays what Keras 3's ReduceLROnPlateau does
// (callbacks/reduce_lr_on_plateau.py): the learning rate behind each epoch.
func TestReduceLROnPlateau(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		name   string
		change func(*train.ReduceLROnPlateau)
		values []float64
		rates  []float64
	}{
		{"patience", func(r *train.ReduceLROnPlateau) { r.Patience = 2 },
			[]float64{5, 4, 4, 4, 3, 3, 3, 3, 3}, []float64{1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.001}},
		{"factor", func(r *train.ReduceLROnPlateau) { r.Factor, r.Patience = 0.5, 1 },
			[]float64{5, 5, 5}, []float64{1, 0.5, 0.25}},
		{"no patience", func(r *train.ReduceLROnPlateau) { r.Factor, r.Patience = 0.5, 0 },
			[]float64{5, 5, 4, 5}, []float64{1, 0.5, 0.5, 0.25}},
		{"too small a change", func(r *train.ReduceLROnPlateau) { r.Patience = 1 },
			[]float64{5, 4.99995, 4.9998}, []float64{1, 0.1, 0.1}},
		// The counter goes down before the epoch is counted, so that a cooldown of 2
		// leaves out one epoch: Keras' test_cooldown has 0.001 after 4 epochs.
		{"cooldown", func(r *train.ReduceLROnPlateau) { r.Patience, r.Cooldown, r.MinDelta = 1, 2, 100 },
			[]float64{5, 5, 5, 5, 5, 5}, []float64{1, 0.1, 0.1, 0.01, 0.01, 0.001}},
		// test_honors_min_lr, from 0.1 to 0.005.
		{"the least", func(r *train.ReduceLROnPlateau) { r.Patience, r.MinDelta, r.MinLR = 1, 10, 0.05 },
			[]float64{5, 5, 5, 5}, []float64{1, 0.1, 0.05, 0.05}},
		{"up", func(r *train.ReduceLROnPlateau) { r.Mode, r.Patience = "max", 1 },
			[]float64{5, 6, 5.5, 7}, []float64{1, 1, 0.1, 0.1}},
		{"NaN is no improvement", func(r *train.ReduceLROnPlateau) { r.Patience = 2 },
			[]float64{nan, nan, 3, nan, 2}, []float64{1, 0.1, 0.1, 0.1, 0.1}},
	} {
		course := &train.Course{Rate: 1, Columns: []string{"loss", "val_loss"}}
		follower := plateau(test.change).Start()
		var rates []float64
		for i, v := range test.values {
			course.Epoch, course.Values = i+1, []float64{0, v}
			if err := follower.Epoch(course); err != nil {
				t.Fatal(err)
			}
			rates = append(rates, course.Rate)
		}
		if !slices.EqualFunc(rates, test.rates, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
			t.Errorf("%s: the rates are %v, want %v", test.name, rates, test.rates)
		}
	}
}

// TestPlateauInTraining: the next epoch learns with the new rate, and the
// history has the one of each.
func TestPlateauInTraining(t *testing.T) {
	weight, h := steady(t, 3, func(s *train.Settings) {
		s.Callbacks = []train.Callback{plateau(func(r *train.ReduceLROnPlateau) { r.Patience, r.MinDelta, r.Factor = 1, 100, 0.5 })}
	})
	near(t, "the weight", weight, 3*(0.5+0.5+0.25), 1e-6)
	if rates := column(t, h, "learning_rate"); !slices.Equal(rates, []float64{0.5, 0.5, 0.25}) {
		t.Errorf("the history has the rates %v", rates)
	}
}

// TestTunes: only what changes the learning rate does.
func TestTunes(t *testing.T) {
	for _, k := range train.Callbacks().Kinds() {
		if tunes, want := train.Tunes(k.New().(train.Callback)), k.Name == "reduce_lr_on_plateau"; tunes != want {
			t.Errorf("%s tunes: %t", k.Name, tunes)
		}
	}
	s := train.Settings{Schedule: &optim.Cosine{}}
	if got := train.Columns(s, true); !slices.Equal(got, []string{train.RateColumn}) || len(train.Measured(s, true)) != 0 {
		t.Errorf("the history has %v", got)
	}
}
