package layers

import (
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// BenchmarkLayers times a training step of the layers that do little work on
// each value they read, for a batch of 32 volumes of 16×32×32 with 16 channels
// (32 MB).
func BenchmarkLayers(b *testing.B) {
	for _, c := range []struct {
		name string
		unit nn.Unit
	}{
		{"relu", New(func(*ReLU) {})},
		{"sigmoid", New(func(*Sigmoid) {})},
		{"batch_norm", New(func(*BatchNorm) {})},
		{"dropout", New(func(d *Dropout) { d.Rate = 0.3 })},
		{"softmax", New(func(*Softmax) {})},
		{"global_average_pool3d", New(func(*GlobalAveragePool3D) {})},
	} {
		b.Run(c.name, func(b *testing.B) {
			graph, _ := nn.Resolve(shape.New(16, 32, 32, 16), []nn.Item{{ID: "layer", Unit: c.unit}})
			net := nn.Build(graph, 1)
			x := tensor.New[float32](32, 16, 32, 32, 16)
			wave(x.Data, 1, 0.3)
			dy := tensor.New[float32](append([]int{32}, graph.Output().MustSizes()...)...)
			wave(dy.Data, 1, 0.7)
			pass := &nn.Pass[float32]{Training: true, InputGrad: true, Pool: nn.NewPool(0)}
			defer pass.Pool.Close()
			b.SetBytes(int64(4 * len(x.Data)))
			for b.Loop() {
				pass.Arena.Reset()
				net.Forward(pass, x, 1)
				net.Backward(pass, dy, 1)
			}
		})
	}
}

// BenchmarkConcatenate times a training step of a layer that puts 8 channels
// behind 8 others, for a batch of 8 volumes of 16×32×32 (4 MB each).
func BenchmarkConcatenate(b *testing.B) {
	example := []int{16, 32, 32, 8}
	layer := newConcatenation(-1, nn.Site[float32]{In: [][]int{example, example}, Out: []int{16, 32, 32, 16}})
	x := []*tensor.Tensor[float32]{tensor.New[float32](8, 16, 32, 32, 8), tensor.New[float32](8, 16, 32, 32, 8)}
	dy, need := tensor.New[float32](8, 16, 32, 32, 16), []bool{true, true}
	pass := &nn.Pass[float32]{Training: true, Pool: nn.NewPool(0)}
	defer pass.Pool.Close()
	b.SetBytes(int64(4 * len(dy.Data)))
	for b.Loop() {
		pass.Arena.Reset()
		layer.Forward(pass, x)
		layer.Backward(pass, dy, need)
	}
}
