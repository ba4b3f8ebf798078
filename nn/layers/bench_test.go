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
