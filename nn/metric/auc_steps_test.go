package metric

import (
	"math"
	"math/rand/v2"
	"testing"
)

// voxelwise is a task of the same kind with a position for each voxel.
func voxelwise(t Task) Task {
	t.PerVoxel = true
	return t
}

// TestAUCOfVoxels: on numbers that lie on steps of their own it is the AUC of the
// ranks, and close to it on all others.
func TestAUCOfVoxels(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	for range 20 {
		y, classes := make([]float32, 300), make([]int, 100)
		for i := range classes {
			classes[i] = random.IntN(3)
		}
		for i := range y {
			y[i] = float32(random.IntN(9)-4) / 8
		}
		want(t, "auc of voxels", value(&AUC{}, voxelwise(threeClasses), y, rows(classes...)), value(&AUC{}, threeClasses, y, rows(classes...)))
		for i := range y {
			y[i] = random.Float32()
		}
		got, exact := value(&AUC{}, voxelwise(threeClasses), y, rows(classes...)), value(&AUC{}, threeClasses, y, rows(classes...))
		if math.Abs(got-exact) > 1e-3 { // a step in 1000 takes a pair or two of 2200 for a tie
			t.Errorf("auc of voxels is %v, exactly %v", got, exact)
		}
	}
	task := voxelwise(yesNo)
	want(t, "auc of equal voxels", value(&AUC{}, task, []float32{0.3, 0.3, 0.3, 0.3}, ids(0, 1, 0, 1)), 0.5)
	want(t, "auc of voxels of one class", value(&AUC{}, task, []float32{0.1, 0.9}, ids(1, 1)), 0.5)
	want(t, "auc of no voxel in order", value(&AUC{}, task, []float32{0.9, 0.1}, ids(0, 1)), 0)
	want(t, "auc of NaN", value(&AUC{}, task, []float32{float32(math.NaN()), 0.2, 0.7}, ids(1, 0, 1)), math.NaN())
	negativeZero := float32(math.Copysign(0, -1))
	want(t, "auc of zeros", value(&AUC{}, task, []float32{0, negativeZero}, ids(1, 0)), 0.5)
	scores := task
	scores.Logits = true
	want(t, "auc of scores", value(&AUC{}, scores, []float32{-1e4, -1, 0.5, 1e4, float32(math.Inf(1))}, ids(0, 1, 0, 1, 1)), 5.0/6)
}
