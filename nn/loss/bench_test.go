package loss

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// BenchmarkVoxels times each loss and its derivative over 4 volumes of 40 by 56 by
// 40 voxels with 3 classes, on one thread and on two.
func BenchmarkVoxels(b *testing.B) {
	for _, name := range Table().Names() {
		b.Run(name, func(b *testing.B) { voxels(b, name, 4, 40, 56, 40, 3) })
	}
}

// BenchmarkVolumes does so for the losses behind a softmax, with smaller batches.
func BenchmarkVolumes(b *testing.B) {
	for _, sizes := range [][]int{{2, 32, 32, 32, 4}, {1, 64, 64, 64, 3}} {
		for _, name := range []string{"categorical_crossentropy", "sparse_categorical_crossentropy", "dice", "dice_crossentropy"} {
			b.Run(fmt.Sprint(sizes, "/", name), func(b *testing.B) { voxels(b, name, sizes...) })
		}
	}
}

func voxels(b *testing.B, name string, sizes ...int) {
	random := rand.New(rand.NewPCG(1, 1))
	classes := sizes[len(sizes)-1]
	y := tensor.New[float32](sizes...)
	dy, rows, ids := tensor.New[float32](sizes...), tensor.New[float32](sizes...), tensor.New[float32](sizes[:len(sizes)-1]...)
	for i := range ids.Data {
		class := random.IntN(classes)
		ids.Data[i], rows.Data[classes*i+class] = float32(class), 1
	}
	for i := range y.Data {
		y.Data[i] = float32(random.NormFloat64())
	}
	settings, _ := Table().New(name)
	for threads := 1; threads <= 2; threads++ {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			pool := nn.NewPool(threads)
			defer pool.Close()
			batch := &Batch[float32]{Loss: settings.(Loss), Scores: true, Pool: pool}
			targets := rows
			if batch.Loss.Target() == ClassID {
				targets = ids
			}
			batch.Compute(y, targets, Weights{}, dy) // makes room
			for b.Loop() {
				batch.Compute(y, targets, Weights{}, dy)
			}
		})
	}
}
