package train_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/nn/metric"
	"github.com/voxelpipe/pipe/nn/train"
)

// masked are n volumes of 2 by 3 by 2 voxels with a class of three for each.
func masked(n int) train.Set {
	random := rand.New(rand.NewPCG(3, 1))
	x, y := make([]float32, 12*n), make([]float32, 12*n)
	for i := range x {
		y[i] = float32(random.IntN(3))
		x[i] = y[i] + float32(random.NormFloat64())/4
	}
	return train.Set{X: data.NewMemory([]int{2, 3, 2, 1}, x), Y: data.NewMemory([]int{2, 3, 2}, y), Examples: upTo(n)}
}

var voxelTask = metric.Task{Kind: metric.MultiClass, Outputs: 3, Target: loss.ClassID, PerVoxel: true}

// segmentation trains a network on masks and gives its history and weights.
func segmentation(t *testing.T, l loss.Loss, training train.Set, validation *train.Set, classWeights []float32) (*train.History, []float32) {
	net := network(t, 4, []int{2, 3, 2, 1}, conv(3, relu()), layers.New(func(c *layers.Conv3D) {
		c.Filters, c.KernelSize, c.Then = 3, [3]int{1, 1, 1}, softmax()
	}))
	h := fit(t, net, training, validation, train.Settings{
		Loss: l, Optimizer: adam(), Task: voxelTask, Epochs: 3, BatchSize: 4, ClassWeights: classWeights,
		Metrics: []metric.Metric{&metric.Accuracy{}, &metric.Dice{}, &metric.IoU{}},
	})
	return h, weightsOf(net)
}

// TestClassWeightsOfVoxels: the weight of a class is that of each of its voxels,
// in training and not in validation; weights of voxels count in both, and metrics
// are not weighed.
func TestClassWeightsOfVoxels(t *testing.T) {
	classes := []float32{0.5, 2, 1}
	for _, l := range []loss.Loss{
		&loss.SparseCategoricalCrossentropy{}, &loss.Dice{Regions: loss.Regions{Smooth: 1}},
		&loss.DiceCrossentropy{DiceWeight: 1, CrossentropyWeight: 1, Regions: loss.Regions{Smooth: 1}},
	} {
		training := masked(10)
		plain, byClass := training, training
		labels := training.Y.(*data.Memory).Values()
		voxels := make([]float32, len(labels))
		for i, class := range labels {
			voxels[i] = classes[int(class)]
		}
		training.W = data.NewMemory([]int{2, 3, 2}, voxels)
		byVoxel, one := segmentation(t, l, training, &plain, nil)
		byClasses, other := segmentation(t, l, byClass, &plain, classes)
		if !sameNumbers(byVoxel.Rows, byClasses.Rows) || !slices.Equal(one, other) {
			t.Errorf("%T: weights of classes give %v, the same weights of voxels %v", l, byClasses.Rows, byVoxel.Rows)
		}
		unweighted, _ := segmentation(t, l, byClass, &plain, nil)
		if unweighted.Rows[0][0] == byClasses.Rows[0][0] {
			t.Errorf("%T: weights of classes change nothing", l)
		}
		weighed, _ := segmentation(t, l, byClass, &training, classes)
		if column(t, weighed, "val_loss")[0] == column(t, byClasses, "val_loss")[0] {
			t.Errorf("%T: weights of the validation change nothing", l)
		}
		for _, name := range []string{"val_accuracy", "val_dice", "val_iou"} {
			if !slices.Equal(column(t, weighed, name), column(t, byClasses, name)) {
				t.Errorf("%T: %s is weighed", l, name)
			}
		}
	}
}

// TestWeightsOfExamples: a weight of 0 takes an example out of the numerator, and
// an example's weight is not lost in the sums of its region.
func TestWeightsOfExamples(t *testing.T) {
	set := masked(2)
	net := network(t, 4, []int{2, 3, 2, 1}, conv(3, softmax()))
	lossOf := func(weights data.Source, examples ...int) float64 {
		set.Examples, set.W = examples, weights
		scores, err := train.Evaluate(context.Background(), net, set, train.Settings{Loss: &loss.Dice{}, Task: voxelTask}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return scores[0].Value
	}
	want := (3*lossOf(nil, 0) + 0.5*lossOf(nil, 1)) / 2
	near(t, "the weighted loss", lossOf(data.NewMemory(nil, []float32{3, 0.5}), 0, 1), want, 1e-12)
	near(t, "the loss of half a batch", lossOf(data.NewMemory(nil, []float32{0, 1}), 0, 1), lossOf(nil, 1)/2, 1e-12)
}

// TestWeightsOfOneVoxel: the shape tells a weight of a volume's only voxel, which
// counts in the sums of its region, from that of the example, which multiplies.
func TestWeightsOfOneVoxel(t *testing.T) {
	set := train.Set{X: data.NewMemory([]int{1, 1, 1, 1}, []float32{1}), Y: data.NewMemory([]int{1, 1, 1}, []float32{2}), Examples: []int{0}}
	net := network(t, 4, []int{1, 1, 1, 1}, conv(3, softmax()))
	lossOf := func(weights data.Source) float64 {
		set.W = weights
		scores, err := train.Evaluate(context.Background(), net, set, train.Settings{Loss: &loss.Dice{}, Task: voxelTask}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return scores[0].Value
	}
	plain, weights := lossOf(nil), []float32{0.25}
	near(t, "the loss with a weight of the example", lossOf(data.NewMemory(nil, weights)), plain/4, 1e-12)
	near(t, "the loss with a weight of the voxel", lossOf(data.NewMemory([]int{1, 1, 1}, weights)), plain, 1e-7)
}

func TestWrongWeights(t *testing.T) {
	for _, test := range []struct {
		want   string
		change func(*train.Set, *train.Settings)
	}{
		{"the weights have shape [3]; want one for each example, or the 12 positions of the model's output [2 3 2 3]", func(s *train.Set, _ *train.Settings) {
			s.W = data.NewMemory([]int{3}, make([]float32, 12))
		}},
		{"4 examples and 5 weights", func(s *train.Set, _ *train.Settings) { s.W = data.NewMemory(nil, make([]float32, 5)) }},
		{"the weight of example 0 is -1", func(s *train.Set, _ *train.Settings) { s.W = data.NewMemory(nil, []float32{-1, 1, 1, 1}) }},
		{"2 class weights for 3 classes", func(_ *train.Set, s *train.Settings) { s.ClassWeights = []float32{1, 2} }},
		{"this task is regression", func(_ *train.Set, s *train.Settings) {
			s.ClassWeights, s.Task = []float32{1, 2, 1}, metric.Task{Kind: metric.Regression}
		}},
	} {
		set := masked(4)
		s := train.Settings{Loss: &loss.SparseCategoricalCrossentropy{}, Optimizer: sgd(0.1), Task: voxelTask, Epochs: 1}
		test.change(&set, &s)
		_, err := train.Fit(context.Background(), network(t, 4, []int{2, 3, 2, 1}, conv(3, softmax())), set, nil, s, nil, nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error is %v, want %q", err, test.want)
		}
	}
}

// TestNumbersOfVoxels: several numbers for each voxel, their voxels weighed.
func TestNumbersOfVoxels(t *testing.T) {
	set := masked(6)
	x := set.X.(*data.Memory).Values()
	y := make([]float32, 0, 2*len(x))
	for _, v := range x {
		y = append(y, 2*v-1, -v)
	}
	set.Y = data.NewMemory([]int{2, 3, 2, 2}, y)
	set.W = data.NewMemory([]int{2, 3, 2}, make([]float32, len(x)))
	weights := set.W.(*data.Memory).Values()
	for i := range weights {
		weights[i] = float32(i % 3)
	}
	for _, l := range []loss.Loss{&loss.MeanSquaredError{}, &loss.MeanAbsoluteError{}, &loss.Huber{Delta: 1}} {
		net := network(t, 4, []int{2, 3, 2, 1}, conv(2, nil))
		h := fit(t, net, set, &set, train.Settings{
			Loss: l, Optimizer: adam(), Epochs: 3, BatchSize: 2, Metrics: []metric.Metric{&metric.R2{}, &metric.MeanAbsoluteError{}},
			Task: metric.Task{Kind: metric.Regression, Outputs: 2, Target: loss.Real, PerVoxel: true},
		})
		if values := column(t, h, "val_loss"); !(values[2] < values[0]) {
			t.Errorf("%T goes from %v to %v", l, values[0], values[2])
		}
		near(t, "the error by hand", column(t, h, "val_mean_absolute_error")[2], meanDifference(t, net, set, y), 1e-6)
	}
}

// meanDifference is the mean absolute difference of a network's outputs from y.
func meanDifference(t *testing.T, net *nn.Network[float32], set train.Set, y []float32) float64 {
	outputs, err := train.Predict(context.Background(), net, set.X, set.Examples, 3, nil)
	if err != nil {
		t.Fatal(err)
	}
	var sum float64
	for i, v := range outputs {
		sum += math.Abs(float64(v) - float64(y[i]))
	}
	return sum / float64(len(y))
}
