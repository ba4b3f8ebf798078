package nn_test

import (
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// A network is written as a list of layers, resolved to a graph in which every
// shape is known, and built. Here it learns to tell bright volumes from dark
// ones, by plain gradient descent on the squared error.
func Example() {
	graph, refusals := nn.Resolve(shape.New(4, 4, 4, 1), []nn.Item{
		{ID: "conv", Unit: layers.New(func(c *layers.Conv3D) {
			c.Filters, c.KernelSize, c.Then = 4, [3]int{3, 3, 3}, layers.New(func(*layers.Tanh) {})
		})},
		{ID: "pool", Unit: layers.New(func(*layers.GlobalAveragePool3D) {})},
		{ID: "out", Unit: layers.New(func(d *layers.Dense) { d.Units = 1 })},
	})
	if len(refusals) > 0 {
		fmt.Println(refusals[0])
		return
	}
	for _, node := range graph.Nodes {
		fmt.Println(node.ID, node.Output.Batch())
	}

	x := tensor.New[float32](2, 4, 4, 4, 1)
	for i := range x.Example(1) {
		x.Example(1)[i] = 1
	}
	want := []float32{-1, 1}

	net := nn.Build(graph, 7)
	pass := &nn.Pass[float32]{Training: true, Pool: nn.NewPool(0)}
	defer pass.Pool.Close()
	for range 100 {
		pass.Arena.Reset()
		y := net.Forward(pass, x, net.Len())
		dy := pass.Arena.New(2, 1)
		for i := range dy.Data {
			dy.Data[i] = y.Data[i] - want[i]
		}
		net.ClearGrads()
		net.Backward(pass, dy, net.Len())
		for _, p := range net.Params() {
			for i, g := range p.Grad {
				p.Value[i] -= 0.1 * g
			}
		}
		pass.Step++
	}
	y := net.Forward(&nn.Pass[float32]{}, x, net.Len())
	fmt.Printf("dark %.1f, bright %.1f\n", y.Data[0], y.Data[1])
	// Output:
	// conv [N, 2, 2, 2, 4]
	// conv [N, 2, 2, 2, 4]
	// pool [N, 4]
	// out [N, 1]
	// dark -1.0, bright 1.0
}
