package onnx_test

import (
	"bytes"
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/onnx"
	"github.com/voxelpipe/pipe/nn/shape"
)

// A network is written, and read again as layers with their weights.
func Example() {
	graph, _ := nn.Resolve(shape.New(8, 8, 8, 1), []nn.Item{
		{ID: "conv", Unit: layers.New(func(c *layers.Conv3D) { c.Filters, c.KernelSize = 4, [3]int{3, 3, 3} })},
		{ID: "relu", Unit: layers.New(func(*layers.ReLU) {})},
		{ID: "pool", Unit: layers.New(func(*layers.GlobalAveragePool3D) {})},
		{ID: "dense", Unit: layers.New(func(d *layers.Dense) { d.Units = 2 })},
	})
	var file bytes.Buffer
	if err := onnx.Write(&file, nn.Build(graph, 7), onnx.Settings{Name: "example"}); err != nil {
		fmt.Println(err)
		return
	}

	f, err := onnx.Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("it takes", f.Input())
	made, err := f.Layers([]int{8, 8, 8, 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	again, _ := nn.Resolve(shape.New(8, 8, 8, 1), made.Items)
	net := nn.Build(again, 1)
	if err := made.Load(net); err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range net.Params() {
		fmt.Println(p.Name, p.Shape)
	}
	// Output:
	// it takes [N, 8, 8, 8, 1]
	// conv/kernel [3 3 3 1 4]
	// conv/bias [4]
	// dense/kernel [4 2]
	// dense/bias [2]
}
