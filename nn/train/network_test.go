package train_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/optim"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/train"
)

// network builds a list of layers for examples of a shape.
func network(t *testing.T, seed uint64, input []int, units ...nn.Unit) *nn.Network[float32] {
	t.Helper()
	items := make([]nn.Item, len(units))
	for i, u := range units {
		items[i] = nn.Item{ID: string(rune('a' + i)), Unit: u}
	}
	graph, refusals := nn.Resolve(shape.New(input...), items)
	for _, r := range refusals {
		t.Fatal(r)
	}
	return nn.Build(graph, seed)
}

func dense(units int, then layers.Activation) nn.Unit {
	return layers.New(func(d *layers.Dense) { d.Units, d.Then = units, then })
}

func softmax() layers.Activation { return layers.New(func(*layers.Softmax) {}) }

func sigmoid() layers.Activation { return layers.New(func(*layers.Sigmoid) {}) }

func relu() layers.Activation { return layers.New(func(*layers.ReLU) {}) }

func conv(filters int, then layers.Activation) nn.Unit {
	return layers.New(func(c *layers.Conv3D) {
		c.Filters, c.KernelSize, c.Padding, c.Then = filters, [3]int{3, 3, 3}, "same", then
	})
}

// convNet is a small network with everything that draws random numbers or keeps
// statistics.
func convNet(t *testing.T, seed uint64, end layers.Activation) *nn.Network[float32] {
	return network(t, seed, []int{4, 6, 5, 1},
		conv(4, nil), layers.New(func(*layers.BatchNorm) {}), relu(),
		layers.New(func(p *layers.MaxPool3D) { p.PoolSize = [3]int{2, 2, 2} }),
		layers.New(func(*layers.Flatten) {}),
		layers.New(func(d *layers.Dropout) { d.Rate = 0.25 }),
		dense(2, end))
}

// blobs are n volumes of two classes, of which one has a bright corner; labels
// are one-hot rows, or class ids.
func blobs(n int, oneHot bool) train.Set {
	random := rand.New(rand.NewPCG(9, 9))
	const voxels = 4 * 6 * 5
	x, y := make([]float32, n*voxels), make([]float32, 0, 2*n)
	for i := range x {
		x[i] = float32(random.NormFloat64()) / 2
	}
	for i := range n {
		class := i % 2
		x[i*voxels] += 4 * float32(class)
		x[i*voxels+1] += 4 * float32(class)
		if oneHot {
			y = append(y, float32(1-class), float32(class))
		} else {
			y = append(y, float32(class))
		}
	}
	labels := []int{2}
	if !oneHot {
		labels = nil
	}
	return train.Set{X: data.NewMemory([]int{4, 6, 5, 1}, x), Y: data.NewMemory(labels, y), Examples: upTo(n)}
}

func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// numbers is a set of vectors with labels of so many values.
func numbers(features int, x []float32, width int, y []float32) train.Set {
	return train.Set{X: data.NewMemory([]int{features}, x), Y: data.NewMemory([]int{width}, y), Examples: upTo(len(x) / features)}
}

var oneHot = metric.Task{Kind: metric.MultiClass, Outputs: 2, Target: loss.OneHot}

func adam() optim.Optimizer { return setting[optim.Optimizer](optim.Table().New("adam")) }

func sgd(rate float64) optim.Optimizer { return &optim.SGD{LearningRate: rate} }

func setting[T any](settings any, ok bool) T {
	if !ok {
		panic("no such kind")
	}
	return settings.(T)
}

func weightsOf(net *nn.Network[float32]) []float32 {
	var all []float32
	for _, p := range net.Params() {
		all = append(all, p.Value...)
	}
	return all
}

// fit trains and fails the test on an error.
func fit(t *testing.T, net *nn.Network[float32], training train.Set, validation *train.Set, s train.Settings) *train.History {
	t.Helper()
	history, err := train.Fit(context.Background(), net, training, validation, s, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return history
}

func column(t *testing.T, h *train.History, name string) []float64 {
	t.Helper()
	values, ok := h.Column(name)
	if !ok {
		t.Fatalf("the history has no %q among %v", name, h.Columns)
	}
	return values
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within || math.IsNaN(got) != math.IsNaN(want) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func sameNumbers(a, b [][]float64) bool {
	return slices.EqualFunc(a, b, func(a, b []float64) bool { return slices.Equal(a, b) })
}
