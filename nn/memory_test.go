package nn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// memoryCases are networks that use memory in all ways: views, layers that give
// what they take, blocks with and without normalisation, branches.
func memoryCases() map[string][]nn.Item {
	item := func(id string, unit nn.Unit, from ...string) nn.Item { return nn.Item{ID: id, Unit: unit, From: from} }
	conv := func(filters int) nn.Unit {
		return layers.New(func(c *layers.Conv3D) {
			c.Filters, c.KernelSize, c.Padding = filters, [3]int{3, 3, 3}, "same"
		})
	}
	relu, norm, pool := layers.New(func(*layers.ReLU) {}), layers.New(func(*layers.BatchNorm) {}), layers.New(func(*layers.MaxPool3D) {})
	flatten, linear := layers.New(func(*layers.Flatten) {}), layers.New(func(*layers.Linear) {})
	dense := layers.New(func(d *layers.Dense) { d.Units = 4 })
	dropout := layers.New(func(d *layers.Dropout) { d.Rate = 0.3 })
	tanh, add := layers.New(func(*layers.Tanh) {}), layers.New(func(*layers.Add) {})
	join := layers.New(func(*layers.Concatenate) {})
	groups, instance := layers.New(func(g *layers.GroupNorm) { g.Groups = 2 }), layers.New(func(*layers.InstanceNorm) {})
	layer, along := layers.New(func(*layers.LayerNorm) {}), layers.New(func(n *layers.LayerNorm) { n.Axis = layers.Axes{1, 4} })
	up := layers.New(func(*layers.UpSample3D) {})
	silu, leaky := layers.New(func(*layers.Silu) {}), layers.New(func(*layers.LeakyReLU) {})
	lanes := layers.New(func(c *layers.DepthwiseConv3D) { c.KernelSize, c.Padding = [3]int{3, 3, 3}, "same" })
	enlarge := layers.New(func(c *layers.Conv3DTranspose) {
		c.Filters, c.KernelSize, c.Strides = 4, [3]int{2, 2, 2}, [3]int{2, 1, 2}
	})
	return map[string][]nn.Item{
		"blocks": {
			item("a", conv(6)), item("b", norm), item("c", relu), item("d", pool),
			item("e", conv(5)), item("f", relu), item("g", pool), item("h", flatten), item("i", dense),
		},
		"layers": {
			item("a", conv(6)), item("b", tanh), item("c", pool), item("d", dropout), item("e", linear),
			item("f", flatten), item("g", dense), item("h", relu), item("i", dense),
		},
		"decoder": {
			item("a", conv(6)), item("b", groups), item("c", relu), item("d", pool), item("e", instance), item("f", up), item("g", layer),
			item("h", enlarge), item("i", along), item("j", tanh), item("k", pool), item("l", flatten), item("m", dense),
		},
		"normed": {
			item("a", conv(6)), item("b", norm), item("c", leaky), item("d", lanes), item("e", instance), item("f", leaky), item("g", pool),
			item("h", conv(4)), item("i", groups), item("j", add, "i", "h"), item("k", norm), item("l", tanh), item("m", instance), item("n", relu),
			item("o", enlarge), item("p", silu), item("q", flatten), item("r", dense), item("s", norm), item("t", tanh), item("u", dense),
		},
		"branches": {
			item("a", conv(6)), item("b", relu), item("c", conv(6), "b"), item("d", norm), item("e", relu),
			item("f", add, "b", "e"), item("g", conv(6)), item("h", join, "f", "g", "a"), item("i", norm), item("j", pool), item("k", flatten), item("l", dense),
		},
	}
}

// What is given back is never read again: a step over memory that is spoilt as
// soon as it is given back does the same.
func TestNobodyReadsWhatWasGivenBack(t *testing.T) {
	for name, items := range memoryCases() {
		graph, _ := nn.Resolve(shape.New(6, 8, 7, 1), items)
		apart := *graph
		apart.Apart = true
		for _, g := range []*nn.Graph{graph, &apart} {
			for _, inputGrad := range []bool{false, true} {
				var grads [2][]float32
				for i := range grads {
					net := nn.Build(g, 3)
					pass := &nn.Pass[float32]{Training: true, InputGrad: inputGrad}
					pass.Arena.Poison = i == 1
					step(pass, net, 5)
					for _, p := range net.Params() {
						grads[i] = append(grads[i], p.Grad...)
					}
					pass.Training = false
					pass.Arena.Reset()
					grads[i] = append(grads[i], net.Forward(pass, noise(5), net.Len()).Data...)
				}
				for i, v := range grads[0] {
					if math.Float32bits(v) != math.Float32bits(grads[1][i]) {
						t.Fatalf("%s, apart %v, input gradient %v: number %d is %v, and %v over spoilt memory", name, g.Apart, inputGrad, i, v, grads[1][i])
					}
				}
			}
		}
	}
}

func noise(batch int) *tensor.Tensor[float32] {
	random := rand.New(rand.NewPCG(8, 8))
	x := tensor.New[float32](batch, 6, 8, 7, 1)
	for i := range x.Data {
		x.Data[i] = float32(random.NormFloat64())
	}
	return x
}

// step is a training step of a batch.
func step(pass *nn.Pass[float32], net *nn.Network[float32], batch int) {
	pass.Arena.Reset()
	y := net.Forward(pass, noise(batch), net.Len())
	dy := pass.Arena.New(batch, y.Shape[1:]...)
	copy(dy.Data, y.Data)
	net.Backward(pass, dy, net.Len())
}

// The plan is what a step takes, and the step after it takes no more.
func TestPlanMemory(t *testing.T) {
	for name, items := range memoryCases() {
		graph, _ := nn.Resolve(shape.New(6, 8, 7, 1), items)
		apart := *graph
		apart.Apart = true
		for _, g := range []*nn.Graph{graph, &apart} {
			for _, batch := range []int{1, 7} {
				net, pass := nn.Build(g, 3), &nn.Pass[float32]{Training: true}
				for range 3 {
					step(pass, net, batch)
				}
				want := nn.PlanMemory(g, batch, true).Activations
				if held, used := pass.Arena.Bytes(), pass.Arena.Used(); held != want || used != want {
					t.Errorf("%s, apart %v, batches of %d: a step uses %d bytes of %d, %d were planned", name, g.Apart, batch, used, held, want)
				}
				step(pass, net, 1)
				held := pass.Arena.Bytes()
				if step(pass, net, batch); pass.Arena.Bytes() != held {
					t.Errorf("%s: a smaller batch makes the arena grow", name)
				}
				pass = new(nn.Pass[float32])
				net.Forward(pass, noise(batch), net.Len())
				want = nn.PlanMemory(g, batch, false).Activations
				if held, used := pass.Arena.Bytes(), pass.Arena.Used(); held != want || used != want {
					t.Errorf("%s, apart %v, batches of %d: a forward pass uses %d bytes of %d, %d were planned", name, g.Apart, batch, used, held, want)
				}
			}
		}
	}
}
