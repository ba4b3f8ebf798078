package train_test

import (
	"slices"
	"testing"

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
