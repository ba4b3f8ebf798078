package layers

import (
	"math/rand/v2"
	"os"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/initial"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// Channels that the normalisation leaves upright, turns upside down or makes flat: in
// each case a first convolution whose output is not stored gives the numbers of its
// layers one by one. A flat channel needs the output stored.
func TestBlockComputedAgain(t *testing.T) {
	conv := New(func(c *Conv3D) { c.Filters, c.KernelSize, c.Padding = 18, [3]int{3, 3, 3}, same })
	relu, pool := New(func(*ReLU) {}), New(func(*MaxPool3D) {})
	for _, c := range []struct {
		name  string
		gamma nn.Initializer
		again bool
	}{
		{"upright", &initial.Constant{Value: 1.5}, true},
		{"upside down", &initial.Constant{Value: -0.5}, true},
		{"some of both", &initial.RandomUniform{Low: -1, High: 2}, true},
		{"flat", &initial.Constant{Value: 0}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			norm := New(func(b *BatchNorm) {
				b.GammaInitializer, b.BetaInitializer = c.gamma, &initial.RandomUniform{Low: -1, High: 1}
			})
			together, alone := graphs(t, []int{5, 6, 8, 1}, run(conv, norm, relu, pool))
			random := rand.New(rand.NewPCG(4, 6))
			x := tensor.New[float32](6, 5, 6, 8, 1)
			for i := range x.Data {
				x.Data[i] = float32(random.NormFloat64())
			}
			var y [2]*tensor.Tensor[float32]
			var grads [2][]float32
			for i, graph := range []*nn.Graph{together, alone} {
				net, pass := nn.Build(graph, 2), &nn.Pass[float32]{Training: true}
				out := net.Forward(pass, x, net.Len())
				y[i] = tensor.From(append([]float32{}, out.Data...), out.Shape...)
				net.Backward(pass, y[0], net.Len())
				for _, p := range net.Params() {
					grads[i] = append(grads[i], p.Grad...)
				}
				stored := 4 * 6 * 5 * 6 * 8 * 18 // the output of the convolution
				if i == 0 && able() && pass.Arena.Bytes() < stored != c.again {
					t.Errorf("%d bytes are held, the output of the convolution has %d, and it is to be stored: %v", pass.Arena.Bytes(), stored, !c.again)
				}
			}
			agree(t, "output", y[0].Data, y[1].Data)
			agree(t, "gradients", grads[0], grads[1])
		})
	}
}

// able says that there are kernels that compute a first convolution again, and that
// layers are worked together.
func able() bool {
	g := &kernel.Conv{D: 5, H: 6, W: 8, C: 1, OD: 5, OH: 6, OW: 8, K: 18, KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1, PD: 1, PH: 1, PW: 1, Groups: 1}
	return os.Getenv(nn.FuseSwitch) != "off" && kernel.Again[float32](g, &kernel.Tail{Pooling: kernel.Pooling{KD: 2, KH: 2, KW: 2}})
}
