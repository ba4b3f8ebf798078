package layers

import (
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// BenchmarkActivations times a training step of each activation, for a batch of 8
// volumes of 16×32×32 with 16 channels (8 MB).
func BenchmarkActivations(b *testing.B) {
	for _, kind := range Activations().Kinds() {
		unit := kind.New().(nn.Unit)
		b.Run(kind.Name, func(b *testing.B) {
			graph, _ := nn.Resolve(shape.New(16, 32, 32, 16), []nn.Item{{ID: "layer", Unit: unit}})
			net := nn.Build(graph, 1)
			x, dy := tensor.New[float32](8, 16, 32, 32, 16), tensor.New[float32](8, 16, 32, 32, 16)
			wave(x.Data, 3, 0.3)
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
