package train_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/train"
)

// reference is a network that is measured here and in other programs.
type reference struct {
	input    []int
	examples int
	classes  int
	items    []nn.Item
}

// shallow is one wide convolution over large volumes with one channel: what
// moves through memory decides.
func shallow() reference {
	return reference{
		input: []int{10, 64, 64, 1}, examples: 100, classes: 2,
		items: []nn.Item{
			{ID: "conv3d", Unit: layers.New(func(c *layers.Conv3D) {
				c.Filters, c.KernelSize, c.Then = 32, [3]int{3, 3, 3}, layers.New(func(*layers.ReLU) {})
			})},
			{ID: "max_pool3d", Unit: layers.New(func(*layers.MaxPool3D) {})},
			{ID: "flatten", Unit: layers.New(func(*layers.Flatten) {})},
			{ID: "dense", Unit: layers.New(func(d *layers.Dense) { d.Units = 2 })},
		},
	}
}

// deep is three convolutions with more and more channels: multiplications
// decide.
func deep() reference {
	r := reference{input: []int{28, 28, 28, 1}, examples: 96, classes: 11}
	for i, filters := range []int{32, 64, 128} {
		name := string(rune('a' + i))
		r.items = append(r.items,
			nn.Item{ID: "conv3d_" + name, Unit: layers.New(func(c *layers.Conv3D) {
				c.Filters, c.KernelSize, c.Padding = filters, [3]int{3, 3, 3}, "same"
			})},
			nn.Item{ID: "batch_norm_" + name, Unit: layers.New(func(*layers.BatchNorm) {})},
			nn.Item{ID: "relu_" + name, Unit: layers.New(func(*layers.ReLU) {})},
			nn.Item{ID: "max_pool3d_" + name, Unit: layers.New(func(*layers.MaxPool3D) {})},
		)
	}
	r.items = append(r.items,
		nn.Item{ID: "flatten", Unit: layers.New(func(*layers.Flatten) {})},
		nn.Item{ID: "dense", Unit: layers.New(func(d *layers.Dense) { d.Units = 11 })},
	)
	return r
}

// alive builds the network and draws its examples.
func (r *reference) alive(b testing.TB) (*nn.Network[float32], train.Set, train.Settings) {
	graph, refusals := nn.Resolve(shape.New(r.input...), r.items)
	if len(refusals) > 0 {
		b.Fatal(refusals[0])
	}
	random := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, r.examples*data.Elements(r.input))
	for i := range x {
		x[i] = float32(random.NormFloat64())
	}
	y := make([]float32, r.examples)
	set := train.Set{X: data.NewMemory(r.input, x), Y: data.NewMemory(nil, y)}
	for i := range y {
		y[i] = float32(random.IntN(r.classes))
		set.Examples = append(set.Examples, i)
	}
	crossentropy := &loss.SparseCategoricalCrossentropy{Logits: true, Reduction: loss.Reduction{Reduction: "sum_over_batch_size"}}
	adam := &optim.Adam{LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7}
	return nn.Build(graph, 1), set, train.Settings{Loss: crossentropy, Optimizer: adam, Epochs: 1, BatchSize: 32}
}

// epochs times training: an epoch is one iteration.
func (r *reference) epochs(b *testing.B) {
	net, set, settings := r.alive(b)
	pool := nn.NewPool(0)
	defer pool.Close()
	fit := func(epochs int) {
		settings.Epochs = epochs
		if _, err := train.Fit(context.Background(), net, set, nil, settings, pool, nil); err != nil {
			b.Fatal(err)
		}
	}
	fit(1)
	b.ReportAllocs()
	b.ResetTimer()
	fit(b.N)
}

// BenchmarkEpochS times an epoch of the shallow network: 100 examples of
// [10, 64, 64, 1], convolution with 32 filters, relu, pooling, dense.
func BenchmarkEpochS(b *testing.B) { r := shallow(); r.epochs(b) }

// BenchmarkEpochD times an epoch of the deep network: 96 examples of
// [28, 28, 28, 1], three times convolution (32, 64, 128 filters), batch norm, relu
// and pooling, then dense.
func BenchmarkEpochD(b *testing.B) { r := deep(); r.epochs(b) }

// BenchmarkInferD times the deep network's outputs for 96 examples.
func BenchmarkInferD(b *testing.B) {
	r := deep()
	net, set, _ := r.alive(b)
	pool := nn.NewPool(0)
	defer pool.Close()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := train.Predict(context.Background(), net, set.X, set.Examples, 32, pool); err != nil {
			b.Fatal(err)
		}
	}
}
