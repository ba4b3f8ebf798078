package loss

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/tensor"
)

// BenchmarkVoxels times a loss and its derivative over 4 volumes of 40 by 56 by 40
// voxels with 3 classes, on one thread and on two.
func BenchmarkVoxels(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 1))
	y := tensor.New[float32](4, 40, 56, 40, 3)
	dy, rows, ids := tensor.New[float32](y.Shape...), tensor.New[float32](y.Shape...), tensor.New[float32](4, 40, 56, 40)
	for i := range ids.Data {
		class := random.IntN(3)
		ids.Data[i], rows.Data[3*i+class] = float32(class), 1
	}
	for i := range y.Data {
		y.Data[i] = float32(random.NormFloat64())
	}
	for _, name := range Table().Names() {
		settings, _ := Table().New(name)
		for threads := 1; threads <= 2; threads++ {
			b.Run(fmt.Sprintf("%s/threads=%d", name, threads), func(b *testing.B) {
				pool := nn.NewPool(threads)
				defer pool.Close()
				batch := &Batch[float32]{Loss: settings.(Loss), Scores: true, Pool: pool}
				targets := rows
				if batch.Loss.Target() == ClassID {
					targets = ids
				}
				for b.Loop() {
					batch.Compute(y, targets, Weights{}, dy)
				}
			})
		}
	}
}
