package layers

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// edge runs layers forwards and backwards in training, for a gradient of ones at
// the output, and gives the output and the gradient by the input.
func edge(t *testing.T, items []nn.Item, apart bool, x *tensor.Tensor[float32]) (y, dx []float32, net *nn.Network[float32]) {
	t.Helper()
	graph, refusals := nn.Resolve(shape.New(x.Shape[1:]...), items)
	if len(refusals) > 0 {
		t.Fatal(refusals[0])
	}
	graph.Apart = apart
	net = nn.Build(graph, 1)
	pass := &nn.Pass[float32]{Training: true, InputGrad: true}
	out := net.Forward(pass, x, net.Len())
	dy := tensor.New[float32](out.Shape...)
	for i := range dy.Data {
		dy.Data[i] = 1
	}
	y = slices.Clone(out.Data)
	return y, net.Backward(pass, dy, net.Len()).Data, net
}

// listed names layers one behind the other.
func listed(units ...nn.Unit) []nn.Item {
	var items []nn.Item
	for i, unit := range units {
		items = append(items, nn.Item{ID: fmt.Sprintf("layer_%d", i), Unit: unit})
	}
	return items
}

// squareAndSum is the larger one of x·x and x+x.
func squareAndSum(first, second string) []nn.Item {
	return []nn.Item{
		{ID: "x", Unit: New(func(*Input) {})},
		{ID: "square", From: []string{"x", "x"}, Unit: New(func(*Multiply) {})},
		{ID: "sum", From: []string{"x", "x"}, Unit: New(func(*Add) {})},
		{ID: "max", From: []string{first, second}, Unit: New(func(*Maximum) {})},
	}
}

// TestTies: where several values are the largest, the whole gradient goes to the
// first of them, whether a run of nodes is worked in one go or not.
func TestTies(t *testing.T) {
	pool := New(func(*MaxPool3D) {})
	for _, c := range []struct {
		name  string
		items []nn.Item
		in    []int
		x, dx []float32
	}{
		{"max_pool3d", listed(pool), []int{2, 2, 2, 1}, []float32{1, 3, 3, 0, 3, 3, 2, 3}, []float32{0, 1, 0, 0, 0, 0, 0, 0}},
		{"max_pool3d of equal values", listed(pool), []int{2, 2, 2, 1}, slices.Repeat([]float32{5}, 8), []float32{1, 0, 0, 0, 0, 0, 0, 0}},
		{"relu and max_pool3d", listed(New(func(*ReLU) {}), pool), []int{2, 2, 2, 1}, []float32{-1, -2, 2, 2, 0, 1, 2, 2}, []float32{0, 0, 1, 0, 0, 0, 0, 0}},
		{"global_max_pool3d", listed(New(func(*GlobalMaxPool3D) {})), []int{1, 2, 2, 1}, []float32{-1, 4, 4, 4}, []float32{0, 1, 0, 0}},
		// At 2 the sum and the square are the same, with the slopes 2 and 4.
		{"maximum, the sum first", squareAndSum("sum", "square"), []int{1}, []float32{2}, []float32{2}},
		{"maximum, the square first", squareAndSum("square", "sum"), []int{1}, []float32{2}, []float32{4}},
	} {
		for _, apart := range []bool{false, true} {
			if _, dx, _ := edge(t, c.items, apart, tensor.From(c.x, append([]int{1}, c.in...)...)); !slices.Equal(dx, c.dx) {
				t.Errorf("%s: the gradient is %v, want %v", c.name, dx, c.dx)
			}
		}
	}
}

// TestOneVoxel: a batch of one volume of one voxel goes through every layer, forwards
// and backwards, and what comes out is finite, of large and of tiny values too.
func TestOneVoxel(t *testing.T) {
	units := []nn.Unit{
		New(func(c *Conv3D) { c.Filters, c.KernelSize, c.Padding = 2, threes, same }),
		New(func(c *Conv3D) { c.Filters, c.KernelSize, c.Padding, c.Strides = 2, threes, same, twos }),
		New(func(c *Conv3D) { c.Filters, c.KernelSize, c.Padding, c.DilationRate = 2, threes, same, twos }),
		New(func(c *DepthwiseConv3D) { c.KernelSize, c.Padding = threes, same }),
		New(func(c *Conv3DTranspose) { c.Filters, c.KernelSize, c.Padding = 2, threes, same }),
		New(func(p *MaxPool3D) { p.PoolSize, p.Padding = threes, same }),
		New(func(p *AveragePool3D) { p.PoolSize, p.Padding = threes, same }),
		New(func(*BatchNorm) {}), New(func(*LayerNorm) {}), New(func(g *GroupNorm) { g.Groups = 2 }), New(func(*InstanceNorm) {}),
		New(func(*UpSample3D) {}), New(func(*GlobalAveragePool3D) {}), New(func(*GlobalMaxPool3D) {}), New(func(*Flatten) {}),
		New(func(*Softmax) {}), New(func(*PReLU) {}), New(func(*Gelu) {}), New(func(*Elu) {}), New(func(*Softplus) {}), New(func(*Silu) {}),
	}
	for i, unit := range units {
		for _, rest := range [][]nn.Unit{nil, {New(func(*BatchNorm) {}), New(func(*ReLU) {})}} {
			for _, x := range [][]float32{{0, 0}, {1e4, -1e4}, {1e-30, 2e-30}, {7, 7}} {
				y, dx, net := edge(t, listed(append([]nn.Unit{unit}, rest...)...), false, tensor.From(x, 1, 1, 1, 1, 2))
				numbers := append(y, dx...)
				for _, p := range net.Params() {
					numbers = append(append(numbers, p.Value...), p.Grad...)
				}
				for _, v := range numbers {
					if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
						t.Fatalf("%T, number %d of the list, with %d layers behind it, of %v: %v", unit, i, len(rest), x, numbers)
					}
				}
			}
		}
	}
}
