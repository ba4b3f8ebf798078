package layers

import (
	"math/rand/v2"
	"os"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/internal/kernel"
	"github.com/voxelpipe/pipe/nn/nntest"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// heads are runs that end in a dense layer; headed says which are worked whole where
// there is a kernel for it.
func heads() []struct {
	name   string
	in     []int
	headed bool
	units  sequence
} {
	relu, pool, flat := New(func(*ReLU) {}), New(func(*MaxPool3D) {}), New(func(*Flatten) {})
	first := func(set func(*Conv3D)) *Conv3D {
		return New(func(c *Conv3D) {
			c.Filters, c.KernelSize = 18, [3]int{3, 3, 3}
			set(c)
		})
	}
	valid, padded := first(func(*Conv3D) {}), first(func(c *Conv3D) { c.Padding = same })
	bare, frozen := first(func(c *Conv3D) { c.UseBias = false }), first(func(c *Conv3D) { c.Trainable = false })
	large := first(func(c *Conv3D) { c.KernelSize = [3]int{5, 5, 5} })
	dense := func(units int) *Dense { return New(func(d *Dense) { d.Units = units }) }
	held := New(func(d *Dense) { d.Units, d.Trainable, d.UseBias = 3, false, false })
	grey := []int{6, 7, 10, 1}
	return []struct {
		name   string
		in     []int
		headed bool
		units  sequence
	}{
		{"relu", grey, true, run(valid, relu, pool, flat, dense(2))},
		{"relu behind", grey, true, run(valid, pool, relu, flat, dense(1))},
		{"none", grey, true, run(padded, pool, flat, dense(11))},
		{"without a bias", grey, true, run(bare, relu, pool, flat, dense(16))},
		{"frozen convolution", grey, true, run(frozen, relu, pool, flat, dense(3))},
		{"frozen head", grey, true, run(padded, relu, pool, flat, held)},
		{"more layers", grey, true, run(valid, relu, pool, flat, dense(5), relu, dense(2))},
		{"many units", grey, false, run(valid, relu, pool, flat, dense(17))},
		{"two channels", []int{6, 7, 10, 2}, false, run(valid, relu, pool, flat, dense(2))},
		{"larger kernel", grey, false, run(large, relu, pool, flat, dense(2))},
		{"not the first", grey, false, run(relu, valid, relu, pool, flat, dense(2))},
	}
}

// A headed run does what is asked of every layer; so its gradients are those of its
// function.
func TestHeadedConforms(t *testing.T) {
	conv := New(func(c *Conv3D) { c.Filters, c.KernelSize = 2, [3]int{3, 3, 3} })
	dense := New(func(d *Dense) { d.Units = 3 })
	nntest.Conform(t, nntest.Case{
		Kind: "headed run", In: [][]int{{4, 5, 6, 1}}, Draw: awayFromZero,
		Unit: run(conv, New(func(*ReLU) {}), New(func(*MaxPool3D) {}), New(func(*Flatten) {}), dense),
	})
}

// With a gradient by the input and without, a headed run gives the numbers of its
// layers one by one but for rounding.
func TestHeadedAgreesWithItsLayers(t *testing.T) {
	for _, h := range heads() {
		t.Run(h.name, func(t *testing.T) {
			together, alone := graphs(t, h.in, h.units)
			length := together.Fusions()[0] + 1
			_, whole := together.Nodes[length-1].Spec.(*Dense)
			able := kernel.HeadWeightGrads[float32](&kernel.Conv{C: 1, Groups: 1, KD: 3, KH: 3, KW: 3, SD: 1, SH: 1, SW: 1, ED: 1, EH: 1, EW: 1}, &kernel.Tail{Pooling: kernel.Pooling{KD: 2, KH: 2, KW: 2}}, 1)
			if want := h.headed && able && os.Getenv(nn.FuseSwitch) != "off"; whole != want {
				t.Errorf("%d layers are worked together, and it is headed: %v, want %v", length, whole, want)
			}
			random := rand.New(rand.NewPCG(4, 5))
			x := tensor.New[float32](append([]int{6}, h.in...)...)
			for i := range x.Data {
				x.Data[i] = float32(random.NormFloat64())
			}
			for _, inputGrad := range []bool{false, true} {
				var y, dx [2]*tensor.Tensor[float32]
				var grads [2][]float32
				for i, graph := range []*nn.Graph{together, alone} {
					net := nn.Build(graph, 2)
					pass := &nn.Pass[float32]{Training: true, InputGrad: inputGrad}
					pass.Arena.Poison = true
					y[i] = net.Forward(pass, x, net.Len())
					y[i] = tensor.From(append([]float32{}, y[i].Data...), y[i].Shape...)
					dx[i] = net.Backward(pass, y[0], net.Len())
					for _, p := range net.Params() {
						grads[i] = append(grads[i], p.Grad...)
					}
				}
				agree(t, "output", y[0].Data, y[1].Data)
				agree(t, "gradients", grads[0], grads[1])
				if inputGrad {
					agree(t, "input gradient", dx[0].Data, dx[1].Data)
				}
			}
		})
	}
}

// The memory is planned as it is taken: the arena never needs more, with a gradient by
// the input and without.
func TestHeadedMemory(t *testing.T) {
	const batch = 4
	for _, h := range heads() {
		for _, training := range []bool{false, true} {
			graph, _ := graphs(t, h.in, h.units)
			planned := nn.PlanMemory(graph, batch, training).Activations
			net, pass := nn.Build(graph, 2), &nn.Pass[float32]{Training: training}
			pass.Arena.Reserve(planned / 4)
			y := net.Forward(pass, tensor.New[float32](append([]int{batch}, h.in...)...), net.Len())
			if training {
				dy := pass.Arena.New(batch, y.Shape[1:]...)
				net.Backward(pass, dy, net.Len())
			}
			if used := pass.Arena.Used(); used > planned || used < planned*9/10 {
				t.Errorf("%s, training %v: %d bytes are taken, planned are %d", h.name, training, used, planned)
			}
		}
	}
}
