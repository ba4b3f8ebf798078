package train_test

import (
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/train"
)

// TestAccumulation: four batches of two examples are one of eight, clipping and
// decay included, in a network that looks at each example by itself.
func TestAccumulation(t *testing.T) {
	run := func(batch, steps int) ([]float32, []float64) {
		net := network(t, 1, []int{4, 6, 5, 1}, conv(3, relu()), layers.New(func(*layers.Flatten) {}), dense(2, softmax()))
		o := setting[*optim.AdamW](optim.Table().New("adamw"))
		o.LearningRate, o.WeightDecay, o.GradientAccumulationSteps = 0.01, 0.1, steps
		h := fit(t, net, blobs(24, true), nil, train.Settings{
			Loss: &loss.CategoricalCrossentropy{}, Optimizer: o, Task: oneHot, Epochs: 3, BatchSize: batch, ClipNorm: 0.1,
		})
		return weightsOf(net), column(t, h, "loss")
	}
	small, smallLosses := run(2, 4)
	large, largeLosses := run(8, 1)
	for i := range small {
		near(t, "a weight", float64(small[i]), float64(large[i]), 1e-5)
	}
	// The losses of an epoch are of the same weights and the same examples too.
	for i := range smallLosses {
		near(t, "a loss", smallLosses[i], largeLosses[i], 1e-5)
	}
	if alone, _ := run(2, 1); slices.Equal(alone, small) {
		t.Error("accumulation makes no difference")
	}
}

// TestAccumulationOverEpochs: three batches an epoch, of which two make a step:
// counting goes on in the next epoch, and what is left at the end is left.
func TestAccumulationOverEpochs(t *testing.T) {
	net := network(t, 1, []int{1}, layers.New(func(d *layers.Dense) { d.Units, d.UseBias = 1, false }))
	net.Params()[0].Value[0] = 1
	o := &optim.SGD{LearningRate: 0.25, Common: optim.Common{GradientAccumulationSteps: 2}}
	// With x = 1 and y = 0 the slope is 2w: each step takes away a half.
	h := fit(t, net, numbers(1, []float32{1, 1, 1}, 1, []float32{0, 0, 0}), nil, train.Settings{
		Loss: &loss.MeanSquaredError{}, Optimizer: o, Epochs: 3, BatchSize: 1,
	})
	// The weight in the nine batches: 1 1 ½ | ½ ¼ ¼ | ⅛ ⅛ 1/16.
	for epoch, want := range []float64{(1 + 1 + 0.25) / 3, (0.25 + 0.0625 + 0.0625) / 3, (2./64 + 1./256) / 3} {
		near(t, "loss", h.Rows[epoch][0], want, 1e-7)
	}
	near(t, "the weight", float64(net.Params()[0].Value[0]), 1./16, 0)
}

// TestMovingAverage is test_ema_with_model_fit of Keras' optimizer_test.py; the
// validation after each epoch is of the weights as they are, as Keras' is.
func TestMovingAverage(t *testing.T) {
	net := network(t, 1, []int{1}, layers.New(func(d *layers.Dense) { d.Units, d.UseBias = 2, false }))
	copy(net.Params()[0].Value, []float32{1, 1})
	set := numbers(1, []float32{1}, 2, []float32{0, 0})
	h := fit(t, net, set, &set, train.Settings{
		Loss: &loss.MeanSquaredError{}, Epochs: 2, BatchSize: 1,
		Optimizer: &optim.SGD{LearningRate: 0.1, Common: optim.Common{UseEMA: true, EMAMomentum: 0.9}},
	})
	near(t, "the weight", float64(net.Params()[0].Value[0]), 0.891, 1e-6)
	near(t, "the last validation loss", h.Rows[1][1], 0.81*0.81, 1e-6)
}

// TestSwapEMAWeights: what is validated are the averages, training goes on from
// the weights; with swap_on_epoch the other callbacks see the averages too.
func TestSwapEMAWeights(t *testing.T) {
	for _, onEpoch := range []bool{false, true} {
		net := network(t, 1, []int{1}, layers.New(func(d *layers.Dense) { d.Units, d.UseBias = 2, false }))
		copy(net.Params()[0].Value, []float32{1, 1})
		set := numbers(1, []float32{1}, 2, []float32{0, 0})
		var saved []float32
		h := fit(t, net, set, &set, train.Settings{
			Loss: &loss.MeanSquaredError{}, Epochs: 3, BatchSize: 1,
			Optimizer: &optim.SGD{LearningRate: 0.1, Common: optim.Common{UseEMA: true, EMAMomentum: 0.9}},
			Callbacks: []train.Callback{&train.Checkpoint{}, &train.SwapEMAWeights{SwapOnEpoch: onEpoch}},
			Save: func(_ string, net *nn.Network[float32]) error {
				saved = append(saved, net.Params()[0].Value[0])
				return nil
			},
		})
		// Each step takes away a tenth: 0.9, 0.81, 0.729.
		weights := []float64{0.9, 0.81, 0.729}
		averages := []float64{0.9, 0.9*0.9 + 0.1*0.81, 0.9*(0.9*0.9+0.1*0.81) + 0.1*0.729}
		for epoch := range 3 {
			near(t, "the validation loss", h.Rows[epoch][1], averages[epoch]*averages[epoch], 1e-6)
			want := weights[epoch]
			if onEpoch {
				want = averages[epoch]
			}
			near(t, "what is saved", float64(saved[epoch]), want, 1e-6)
		}
		near(t, "the weight", float64(net.Params()[0].Value[0]), averages[2], 1e-6)
	}
}

// TestRestoredWeightsHaveTheLastWord: as with Keras, an epoch that is restored is
// not overwritten with averages.
func TestRestoredWeightsHaveTheLastWord(t *testing.T) {
	net := network(t, 1, []int{1}, layers.New(func(d *layers.Dense) { d.Units, d.UseBias = 1, false }))
	net.Params()[0].Value[0] = 1
	set := numbers(1, []float32{1}, 1, []float32{0})
	fit(t, net, set, &set, train.Settings{
		Loss: &loss.MeanSquaredError{}, Epochs: 3, BatchSize: 1,
		Optimizer: &optim.SGD{LearningRate: 0.05, Common: optim.Common{UseEMA: true, EMAMomentum: 0.9}},
		Callbacks: []train.Callback{stopping("val_loss", func(s *train.EarlyStopping) { s.RestoreBestWeights, s.Patience, s.Mode = true, 9, "max" })},
	})
	near(t, "the weight", float64(net.Params()[0].Value[0]), 0.9, 1e-6)
}

// TestThreadsWithEverything: averages, accumulation, a schedule and clipping give
// the same bits for any number of threads.
func TestThreadsWithEverything(t *testing.T) {
	often := 3
	for name, o := range map[string]optim.Optimizer{
		"lion":  &optim.Lion{LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.99},
		"nadam": &optim.Nadam{LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7},
		"rmsprop": &optim.RMSprop{LearningRate: 1e-3, Rho: 0.9, Epsilon: 1e-7, Momentum: 0.5, Centered: true, Common: optim.Common{
			WeightDecay: 0.1, UseEMA: true, EMAMomentum: 0.9, EMAOverwriteFrequency: &often, GradientAccumulationSteps: 2,
		}},
	} {
		run := func(threads int) ([]float32, [][]float64) {
			pool := nn.NewPool(threads)
			defer pool.Close()
			net, set := convNet(t, 1, softmax()), blobs(30, true)
			s := train.Settings{
				Loss: &loss.CategoricalCrossentropy{}, Optimizer: o, Task: oneHot, Epochs: 2, BatchSize: 4, Shuffle: true, Seed: 3,
				Schedule: &optim.OneCycle{DivFactor: 25, FinalDivFactor: 1e4}, ClipNormEach: 0.1,
			}
			if optim.Averages(o) {
				s.Callbacks = []train.Callback{&train.SwapEMAWeights{}}
			}
			h, err := train.Fit(t.Context(), net, set, &set, s, pool, nil)
			if err != nil {
				t.Fatal(err)
			}
			return weightsOf(net), h.Rows
		}
		weights, rows := run(1)
		for _, threads := range []int{2, 3, 8} {
			if w, r := run(threads); !slices.Equal(w, weights) || !sameNumbers(r, rows) {
				t.Errorf("%s: %d threads give other bits than 1: %v and %v", name, threads, r, rows)
			}
		}
	}
}
