package metric

import (
	"math/rand/v2"
	"testing"

	"github.com/voxelpipe/pipe/nn/loss"
)

// BenchmarkVoxels times each metric on 4 volumes of 40 by 56 by 40 voxels with 3
// classes.
func BenchmarkVoxels(b *testing.B) {
	const positions = 40 * 56 * 40
	random := rand.New(rand.NewPCG(1, 1))
	y, t := make([]float32, 4*positions*3), make([]float32, 4*positions)
	for i := range y {
		y[i] = random.Float32()
	}
	for i := range t {
		t[i] = float32(random.IntN(3))
	}
	task := Task{Kind: MultiClass, Outputs: 3, Target: loss.ClassID, PerVoxel: true, Positions: positions}
	for _, k := range Table().Kinds() {
		m := k.New().(Metric)
		if !m.Fits(task) {
			continue
		}
		b.Run(k.Name, func(b *testing.B) {
			meter := New(m, task)
			for b.Loop() {
				meter.Add(y, t)
				meter.Value()
			}
		})
	}
}
