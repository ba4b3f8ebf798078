package train_test

import (
	"context"
	"fmt"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/train"
)

// A dense layer learns that the second number of an example is twice the first.
func ExampleFit() {
	graph, _ := nn.Resolve(shape.New(1), []nn.Item{
		{ID: "dense", Unit: layers.New(func(d *layers.Dense) { d.Units = 1 })},
	})
	set := train.Set{
		X: data.NewMemory([]int{1}, []float32{0, 1, 2, 3}), Y: data.NewMemory([]int{1}, []float32{0, 2, 4, 6}),
		Examples: []int{0, 1, 2, 3},
	}
	net := nn.Build(graph, 1)
	history, err := train.Fit(context.Background(), net, set, nil, train.Settings{
		Loss:      kind.Make(loss.Table(), func(*loss.MeanSquaredError) {}),
		Optimizer: kind.Make(optim.Table(), func(s *optim.SGD) { s.LearningRate = 0.1 }),
		Task:      metric.Task{Kind: metric.Regression, Outputs: 1, Target: loss.Real},
		Epochs:    200,
	}, nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	answer, err := train.Predict(context.Background(), net, data.NewMemory([]int{1}, []float32{5}), []int{0}, 1, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d epochs; 5 gives %.2f\n", len(history.Rows), answer[0])
	// Output: 200 epochs; 5 gives 10.00
}
