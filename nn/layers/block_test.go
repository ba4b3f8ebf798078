package layers

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/initial"
	"github.com/voxelpipe/pipe/nn/nntest"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// run is a list of layers as one item.
func run(units ...nn.Unit) sequence {
	var s sequence
	for i, u := range units {
		s = append(s, nn.Item{ID: strconv.Itoa(i), Unit: u})
	}
	return s
}

// blocks are runs that are worked in one go; fused says how many layers of them.
func blocks() []struct {
	name  string
	in    []int
	fused int
	units sequence
} {
	relu, norm := New(func(*ReLU) {}), New(func(b *BatchNorm) { b.GammaInitializer = &initial.RandomUniform{Low: -1, High: 2} })
	frozen := New(func(b *BatchNorm) { b.Trainable = false })
	bare := New(func(b *BatchNorm) { b.Center, b.Scale = false, false })
	pool, flat := New(func(*MaxPool3D) {}), New(func(m *MaxPool3D) { m.PoolSize = [3]int{1, 3, 2} })
	overlapping := New(func(m *MaxPool3D) { m.PoolSize, m.Strides = [3]int{2, 2, 2}, [3]int{1, 1, 1} })
	conv := convolution(func(*Conv3D) {})
	cube := New(func(c *Conv3D) { c.Filters, c.KernelSize, c.Padding = 18, [3]int{3, 3, 3}, same })
	groups := convolution(func(c *Conv3D) { c.Filters, c.Groups, c.UseBias = 4, 2, false })
	strides := convolution(func(c *Conv3D) { c.Strides = [3]int{1, 2, 1} })
	held := New(func(c *Conv3D) { c.Filters, c.KernelSize, c.Trainable = 3, [3]int{2, 2, 2}, false })
	dense := New(func(d *Dense) { d.Units = 5 })
	lanes := depthwise(func(c *DepthwiseConv3D) { c.DepthMultiplier, c.Padding = 2, same })
	drawn := &initial.RandomUniform{Low: -1, High: 2}
	instance := New(func(n *InstanceNorm) { n.GammaInitializer, n.BetaInitializer = drawn, drawn })
	whole := New(func(g *GroupNorm) { g.Groups, g.GammaInitializer, g.BetaInitializer = 1, drawn, drawn })
	halves := New(func(g *GroupNorm) { g.Groups, g.GammaInitializer = 2, drawn })
	leaky, silu := New(func(*LeakyReLU) {}), New(func(*Silu) {})
	limit := 1.0
	volume, grey := []int{4, 6, 5, 2}, []int{5, 6, 7, 1}
	return []struct {
		name  string
		in    []int
		fused int
		units sequence
	}{
		{"conv3d, relu", volume, 2, run(conv, relu)},
		{"conv3d, max_pool3d", volume, 2, run(conv, pool)},
		{"conv3d, relu, max_pool3d", volume, 3, run(conv, relu, pool)},
		{"conv3d, max_pool3d, relu", volume, 3, run(conv, flat, relu)},
		{"conv3d of one channel, relu, max_pool3d", grey, 3, run(cube, relu, pool)},
		{"conv3d with strides, relu, max_pool3d", volume, 3, run(strides, relu, pool)},
		{"conv3d with groups, relu, max_pool3d", volume, 3, run(groups, relu, pool)},
		{"conv3d, relu, overlapping max_pool3d", volume, 2, run(conv, relu, overlapping)},
		{"frozen conv3d, relu, max_pool3d", volume, 3, run(held, relu, pool)},
		{"conv3d, batch_norm", volume, 2, run(conv, norm)},
		{"conv3d, batch_norm, relu", volume, 3, run(conv, norm, relu)},
		{"conv3d, batch_norm, relu, max_pool3d", volume, 4, run(conv, norm, relu, pool)},
		{"conv3d of one channel, batch_norm, relu, max_pool3d", grey, 4, run(cube, norm, relu, pool)},
		{"conv3d with groups, batch_norm, max_pool3d", volume, 3, run(groups, norm, pool)},
		{"conv3d, frozen batch_norm, relu, max_pool3d", volume, 4, run(conv, frozen, relu, pool)},
		{"conv3d, bare batch_norm, relu", volume, 3, run(conv, bare, relu)},
		{"frozen conv3d, batch_norm, relu", volume, 3, run(held, norm, relu)},
		{"batch_norm, relu", volume, 2, run(norm, relu)},
		{"batch_norm, relu, max_pool3d", volume, 3, run(norm, relu, pool)},
		{"dense, relu", []int{7}, 2, run(dense, relu)},
		{"dense, batch_norm, relu", []int{7}, 3, run(dense, norm, relu)},

		{"conv3d, leaky_relu", volume, 2, run(conv, New(func(*LeakyReLU) {}))},
		{"conv3d, leaky_relu without a slope below 0", volume, 2, run(conv, New(func(l *LeakyReLU) { l.NegativeSlope = 0 }))},
		{"conv3d, elu", volume, 2, run(conv, New(func(*Elu) {}))},
		{"conv3d, selu", volume, 2, run(conv, New(func(*Selu) {}))},
		{"conv3d, gelu", volume, 2, run(conv, New(func(*Gelu) {}))},
		{"conv3d, approximate gelu", volume, 2, run(conv, New(func(g *Gelu) { g.Approximate = true }))},
		{"conv3d, silu", volume, 2, run(conv, New(func(*Silu) {}))},
		{"conv3d, softplus", volume, 2, run(conv, New(func(*Softplus) {}))},
		{"conv3d, tanh", volume, 2, run(conv, New(func(*Tanh) {}))},
		{"conv3d, sigmoid", volume, 2, run(conv, New(func(*Sigmoid) {}))},
		{"conv3d, bent relu", volume, 2, run(conv, New(func(r *ReLU) { r.NegativeSlope, r.Threshold, r.MaxValue = 0.25, 0.125, &limit }))},
		{"conv3d, sloping relu, max_pool3d", volume, 2, run(conv, New(func(r *ReLU) { r.NegativeSlope = 0.25 }), pool)},
		{"conv3d of one channel, silu", grey, 2, run(cube, New(func(*Silu) {}))},
		{"conv3d with strides, elu", volume, 2, run(strides, New(func(*Elu) {}))},
		{"conv3d with groups, tanh", volume, 2, run(groups, New(func(*Tanh) {}))},
		{"frozen conv3d, silu", volume, 2, run(held, New(func(*Silu) {}))},
		{"dense, silu", []int{7}, 2, run(dense, New(func(*Silu) {}))},
		{"dense, tanh, relu", []int{7}, 2, run(dense, New(func(*Tanh) {}), relu)},

		{"depthwise_conv3d, relu", volume, 2, run(lanes, relu)},
		{"depthwise_conv3d, silu", volume, 2, run(lanes, silu)},
		{"depthwise_conv3d, batch_norm, relu, max_pool3d", volume, 4, run(lanes, norm, relu, pool)},
		{"depthwise_conv3d, batch_norm, tanh", volume, 3, run(lanes, norm, New(func(*Tanh) {}))},

		{"conv3d_transpose, relu", volume, 2, run(transposed(func(c *Conv3DTranspose) { c.Strides = [3]int{2, 2, 3} }), relu)},
		{"conv3d_transpose, silu", volume, 2, run(transposed(func(c *Conv3DTranspose) { c.Padding, c.UseBias = same, false }), silu)},
		{"conv3d_transpose with uneven planes, elu", volume, 2, run(transposed(func(c *Conv3DTranspose) { c.Padding, c.Strides = same, [3]int{3, 1, 2} }), New(func(*Elu) {}))},
		{"frozen conv3d_transpose, tanh", volume, 2, run(transposed(func(c *Conv3DTranspose) { c.Trainable = false }), New(func(*Tanh) {}))},
		{"conv3d_transpose, batch_norm", volume, 1, run(transposed(func(*Conv3DTranspose) {}), norm)},

		{"conv3d, batch_norm, leaky_relu", volume, 3, run(conv, norm, leaky)},
		{"conv3d, batch_norm, silu", volume, 2, run(conv, norm, silu)},
		{"conv3d of one channel, batch_norm, elu", grey, 3, run(cube, norm, New(func(*Elu) {}))},
		{"conv3d with groups, bare batch_norm, tanh", volume, 3, run(groups, bare, New(func(*Tanh) {}))},
		{"conv3d, frozen batch_norm, elu", volume, 3, run(conv, frozen, New(func(*Elu) {}))},
		{"frozen conv3d, batch_norm, leaky_relu", volume, 3, run(held, norm, leaky)},
		{"batch_norm, sigmoid", volume, 2, run(norm, New(func(*Sigmoid) {}))},
		{"batch_norm, relu, silu", volume, 2, run(norm, relu, silu)},
		{"frozen batch_norm, leaky_relu", volume, 2, run(frozen, leaky)},
		{"dense, batch_norm, selu", []int{7}, 3, run(dense, norm, New(func(*Selu) {}))},

		{"conv3d, instance_norm", volume, 2, run(conv, instance)},
		{"conv3d, instance_norm, leaky_relu, max_pool3d", volume, 3, run(conv, instance, leaky, pool)},
		{"conv3d, instance_norm, relu", volume, 3, run(conv, instance, relu)},
		{"conv3d of one channel, instance_norm, silu", grey, 2, run(cube, instance, silu)},
		{"conv3d with strides, group_norm, tanh", volume, 3, run(strides, whole, New(func(*Tanh) {}))},
		{"conv3d with groups, group_norm, sigmoid", volume, 3, run(groups, halves, New(func(*Sigmoid) {}))},
		{"frozen conv3d, group_norm, leaky_relu", volume, 3, run(held, whole, leaky)},
		{"conv3d, group_norm along the depth", volume, 1, run(conv, New(func(g *GroupNorm) { g.Groups, g.Axis = 1, 1 }), leaky)},
		{"instance_norm, leaky_relu", volume, 2, run(instance, leaky)},
		{"instance_norm", volume, 1, run(instance, pool)},
		{"dense, group_norm, elu", []int{7}, 3, run(dense, whole, New(func(*Elu) {}))},
	}
}

// Blocks do what is asked of every layer; so their gradients are those of their
// function.
func TestBlocksConform(t *testing.T) {
	for _, b := range blocks() {
		t.Run(b.name, func(t *testing.T) {
			nntest.Conform(t, nntest.Case{Kind: "block", Unit: b.units, In: [][]int{b.in}, Draw: awayFromZero})
		})
	}
}

// graphs are a run as it is worked, and node by node.
func graphs(t testing.TB, in []int, units sequence) (fused, apart *nn.Graph) {
	fused, refusals := nn.Resolve(shape.New(in...), units)
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	copied := *fused
	copied.Apart = true
	return fused, &copied
}

func TestBlocksAreFused(t *testing.T) {
	if os.Getenv(nn.FuseSwitch) == "off" {
		t.Skip("every layer is worked by itself")
	}
	for _, b := range blocks() {
		fused, apart := graphs(t, b.in, b.units)
		if got := fused.Fusions()[0] + 1; got != b.fused {
			t.Errorf("%s: %d layers are worked together, want %d", b.name, got, b.fused)
		}
		if got := apart.Fusions()[0]; got != 0 {
			t.Errorf("%s: apart, node 0 is worked together with node %d", b.name, got)
		}
	}
}

// Fused or not, a block gives the same numbers but for rounding: here sums of at
// most some thousand products of numbers about 1, in another order.
func TestBlocksAgreeWithTheirLayers(t *testing.T) {
	for _, b := range blocks() {
		// The way may be another one where nobody asks for the gradient by the input.
		for _, inputGrad := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, input gradient %v", b.name, inputGrad), func(t *testing.T) { agreesWithItsLayers(t, b.in, b.units, inputGrad) })
		}
	}
}

func agreesWithItsLayers(t *testing.T, in []int, units sequence, inputGrad bool) {
	together, alone := graphs(t, in, units)
	random := rand.New(rand.NewPCG(4, 4))
	x := tensor.New[float32](append([]int{6}, in...)...)
	for i := range x.Data {
		x.Data[i] = float32(random.NormFloat64())
	}
	nets := [2]*nn.Network[float32]{nn.Build(together, 2), nn.Build(alone, 2)}
	var passes [2]nn.Pass[float32]
	forward := func(training bool) (y [2]*tensor.Tensor[float32]) {
		for i, net := range nets {
			passes[i].Training, passes[i].InputGrad = training, training && inputGrad
			y[i] = net.Forward(&passes[i], x, net.Len())
		}
		agree(t, fmt.Sprintf("output, training %v", training), y[0].Data, y[1].Data)
		return y
	}
	y := forward(true)
	var dx [2]*tensor.Tensor[float32]
	for i, net := range nets {
		dx[i] = net.Backward(&passes[i], tensor.From(append([]float32{}, y[1].Data...), y[1].Shape...), net.Len())
	}
	if inputGrad {
		agree(t, "input gradient", dx[0].Data, dx[1].Data)
	}
	var grads [2][]float32
	for i, p := range nets[0].Params() {
		q := nets[1].Params()[i]
		agree(t, p.Name, p.Value, q.Value)
		grads[0], grads[1] = append(grads[0], p.Grad...), append(grads[1], q.Grad...)
	}
	// All at once: a bias in front of a batch_norm has no slope, only rounding
	// errors of the others' size.
	agree(t, "gradients", grads[0], grads[1])
	forward(false)
}

// agree holds numbers to others within 1e-4 of the largest: single precision
// leaves 1e-7 of it for one operation, and a gradient adds up thousands of terms
// that cancel.
func agree(t *testing.T, what string, a, b []float32) {
	t.Helper()
	largest := 1.0
	for _, v := range b {
		largest = max(largest, math.Abs(float64(v)))
	}
	for i, v := range a {
		if d := math.Abs(float64(v) - float64(b[i])); !(d <= 1e-4*largest) {
			t.Fatalf("%s[%d] is %v fused and %v apart", what, i, v, b[i])
		}
	}
}

// A network that is cut off in the middle of a block, as for a loss that works
// the last layer itself, works the rest node by node.
func TestBlockCutOff(t *testing.T) {
	b := blocks()[2]
	together, alone := graphs(t, b.in, b.units)
	x := tensor.New[float32](append([]int{2}, b.in...)...)
	wave(x.Data, 1, 0.3)
	for nodes := range 4 {
		y := nn.Build(together, 2).Forward(new(nn.Pass[float32]), x, nodes)
		agree(t, fmt.Sprintf("output of %d nodes", nodes), y.Data, nn.Build(alone, 2).Forward(new(nn.Pass[float32]), x, nodes).Data)
	}
}
