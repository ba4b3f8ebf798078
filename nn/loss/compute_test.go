package loss

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// TestThreads: the same bits, whoever adds up, also where a chunk ends inside an
// example.
func TestThreads(t *testing.T) {
	for name, l := range everyLoss {
		y, targets, weights := example(rand.New(rand.NewPCG(1, 2)), l, true, 3, 7, 11, 13, 4)
		alone := tensor.New[float64](y.Shape...)
		want := (&Batch[float64]{Loss: l, Scores: true}).Compute(y, targets, weights, alone)
		for _, threads := range []int{1, 2, 3, 8} {
			pool := nn.NewPool(threads)
			dy := tensor.New[float64](y.Shape...)
			got := (&Batch[float64]{Loss: l, Scores: true, Pool: pool}).Compute(y, targets, weights, dy)
			pool.Close()
			if got != want || !slices.Equal(dy.Data, alone.Data) {
				t.Errorf("%s on %d threads: %v, alone %v", name, threads, got, want)
			}
		}
	}
}

// TestWholeIsItsExamples: the mean over a batch is the mean of the losses of its
// examples; a batch that was larger before leaves nothing behind.
func TestWholeIsItsExamples(t *testing.T) {
	for name, l := range everyLoss {
		y, targets, weights := example(rand.New(rand.NewPCG(5, 2)), l, true, 4, 600, 3)
		b := &Batch[float64]{Loss: l, Scores: true}
		whole := b.Compute(y, targets, weights, nil)
		var sum float64
		for i := range 4 {
			one := tensor.From(y.Example(i), 1, 600, 3)
			target := tensor.From(targets.Example(i), 1, len(targets.Example(i)))
			sum += b.Compute(one, target, Weights{weights.Examples[i : i+1], weights.Positions[600*i : 600*(i+1)]}, nil)
		}
		if l.Averages() {
			sum /= 4
		}
		if d := whole - sum; d > 1e-12*whole || d < -1e-12*whole {
			t.Errorf("%s: %.15g for the batch, %.15g for its examples", name, whole, sum)
		}
	}
}

func TestEmptyBatch(t *testing.T) {
	b := &Batch[float32]{Loss: &MeanSquaredError{}}
	if got := b.Compute(tensor.New[float32](0, 2), tensor.New[float32](0, 2), Weights{}, nil); got != 0 {
		t.Errorf("no examples cost %v", got)
	}
}

// TestNoMemory: a step takes none once the first has shown how much is needed,
// but for what the pool itself needs to hand out work.
func TestNoMemory(t *testing.T) {
	l := &CategoricalCrossentropy{LabelSmoothing: 0.1}
	y, targets, weights := example(rand.New(rand.NewPCG(1, 2)), l, true, 8, 100, 4)
	dy := tensor.New[float64](y.Shape...)
	b := &Batch[float64]{Loss: l, Scores: true}
	b.Compute(y, targets, weights, dy)
	if n := testing.AllocsPerRun(10, func() { b.Compute(y, targets, weights, dy) }); n > 1 {
		t.Errorf("a batch takes memory %v times", n)
	}
}
