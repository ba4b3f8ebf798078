// Library builds, trains, measures and saves a network without any pipeline file:
// it tells balls from boxes in small noisy volumes.
//
//	go run ./examples/library [folder]
//
// The folder, by default the one it is called from, gets the weights
// (shapes.safetensors) and the network for other runtimes (shapes.onnx).
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/onnx"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/nn/weights"
)

// size is that of a volume along each axis.
const size = 12

func main() {
	folder := "."
	if len(os.Args) > 1 {
		folder = os.Args[1]
	}
	if err := run(os.Stdout, folder); err != nil {
		log.Fatal(err)
	}
}

// run does all of it, step by step.
func run(out io.Writer, folder string) error {
	// The network, as written. layers.New fills in Keras' defaults; what differs
	// from them is set.
	graph, refusals := nn.Resolve(shape.New(size, size, size, 1), []nn.Item{
		{ID: "conv", Unit: layers.New(func(c *layers.Conv3D) {
			c.Filters, c.KernelSize, c.Padding, c.Then = 8, [3]int{3, 3, 3}, "same", layers.New(func(*layers.ReLU) {})
		})},
		{ID: "pool", Unit: layers.New(func(*layers.MaxPool3D) {})},
		{ID: "conv_1", Unit: layers.New(func(c *layers.Conv3D) {
			c.Filters, c.KernelSize, c.Then = 16, [3]int{3, 3, 3}, layers.New(func(*layers.ReLU) {})
		})},
		{ID: "mean", Unit: layers.New(func(*layers.GlobalAveragePool3D) {})},
		{ID: "dense", Unit: layers.New(func(d *layers.Dense) {
			d.Units, d.Then = 2, layers.New(func(*layers.Softmax) {})
		})},
	})
	// What does not fit is refused before anything is allocated, in numbers.
	if len(refusals) > 0 {
		return refusals[0]
	}
	for i := range graph.Nodes {
		node := &graph.Nodes[i]
		trained, _ := graph.Weights(node)
		fmt.Fprintf(out, "%-6s %-18s %s parameters\n", node.ID, node.Output.Batch(), trained)
	}

	// The data: volumes and the class of each, in memory. A data.Source of your own
	// may read files instead.
	volumes, classes := shapes(240)
	training := train.Set{X: volumes, Y: classes, Examples: between(0, 160)}
	validation := train.Set{X: volumes, Y: classes, Examples: between(160, 200)}
	test := train.Set{X: volumes, Y: classes, Examples: between(200, 240)}

	// The training. The same seed gives the same network for any number of threads.
	net := nn.Build(graph, 7)
	pool := nn.NewPool(0)
	defer pool.Close()
	settings := train.Settings{
		Loss:      kind.Make(loss.Table(), func(*loss.SparseCategoricalCrossentropy) {}),
		Optimizer: kind.Make(optim.Table(), func(a *optim.Adam) { a.LearningRate = 0.01 }),
		Metrics:   []metric.Metric{&metric.Accuracy{}},
		Task:      metric.Task{Kind: metric.MultiClass, Outputs: 2, Target: loss.ClassID},
		Callbacks: []train.Callback{kind.Make(train.Callbacks(), func(s *train.EarlyStopping) {
			s.Patience, s.RestoreBestWeights = 5, true
		})},
		Epochs: 20, BatchSize: 16, Shuffle: true, Seed: 7,
	}
	history, err := train.Fit(context.Background(), net, training, &validation, settings, pool, nil)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "trained for %d epochs: %v\n", len(history.Rows), history.Columns)

	scores, err := train.Evaluate(context.Background(), net, test, settings, pool)
	if err != nil {
		return err
	}
	for _, s := range scores {
		fmt.Fprintf(out, "test %s %.1f\n", s.Name, s.Value)
	}
	return save(out, net, folder)
}

// save writes the weights under Keras' names and the network as ONNX, and reads
// the weights back into a network of the same layers.
func save(out io.Writer, net *nn.Network[float32], folder string) error {
	var tensors, network bytes.Buffer
	if err := weights.Write(&tensors, net.Params(), map[string]string{"classes": "ball, box"}); err != nil {
		return err
	}
	if err := onnx.Write(&network, net, onnx.Settings{Name: "shapes"}); err != nil {
		return err
	}
	for name, content := range map[string][]byte{"shapes.safetensors": tensors.Bytes(), "shapes.onnx": network.Bytes()} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	again := nn.Build(net.Graph, 1)
	if err := weights.Load(bytes.NewReader(tensors.Bytes()), int64(tensors.Len()), again); err != nil {
		return err
	}
	ball, _ := shapes(1)
	says, err := train.Predict(context.Background(), again, ball, []int{0}, 1, nil)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "read back, it takes a ball for a ball: %v\n", says[0] > says[1])
	return nil
}

// shapes draws volumes with a ball or a box in noise, in turn, and their classes,
// 0 and 1.
func shapes(n int) (volumes, classes *data.Memory) {
	random := rand.New(rand.NewPCG(1, 2))
	values, ids := make([]float32, 0, n*size*size*size), make([]float32, n)
	for i := range n {
		ids[i] = float32(i % 2)
		half := 2 + 2*random.Float64()
		at := [3]float64{}
		for axis := range at {
			at[axis] = 5.5 + 2*random.Float64() - 1
		}
		for voxel := range size * size * size {
			d, h, w := float64(voxel/size/size)-at[0], float64(voxel/size%size)-at[1], float64(voxel%size)-at[2]
			far := math.Sqrt(d*d + h*h + w*w)
			if i%2 == 1 {
				far = max(math.Abs(d), math.Abs(h), math.Abs(w))
			}
			bright := 0.2 * random.NormFloat64()
			if far <= half {
				bright++
			}
			values = append(values, float32(bright))
		}
	}
	return data.NewMemory([]int{size, size, size, 1}, values), data.NewMemory([]int{}, ids)
}

// between lists the numbers from one to just below another.
func between(from, to int) []int {
	list := make([]int, 0, to-from)
	for i := from; i < to; i++ {
		list = append(list, i)
	}
	return list
}
