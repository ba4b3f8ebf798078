package metric

import (
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
)

// TestConstant: of 2, 5 and 1 examples of three classes the second is said; of the
// last example nothing is known.
func TestConstant(t *testing.T) {
	constant := func(m Metric, task Task, shape []int, labels ...float32) float64 {
		t.Helper()
		examples := make([]int, len(labels)/data.Elements(shape)-1)
		for i := range examples {
			examples[i] = i
		}
		values, _, err := Constant([]Metric{m}, task, data.NewMemory(shape, labels), examples)
		if err != nil {
			t.Fatal(err)
		}
		return values[0]
	}
	classes := ids(0, 1, 1, 2, 1, 0, 1, 1, 0)
	want(t, "accuracy", constant(&Accuracy{}, threeIDs, nil, classes...), 5.0/8)
	want(t, "accuracy of rows", constant(&Accuracy{}, threeClasses, []int{3}, rows(0, 1, 1, 2, 1, 0, 1, 1, 0)...), 5.0/8)
	want(t, "balanced accuracy", constant(&BalancedAccuracy{}, threeIDs, nil, classes...), 1.0/3)
	want(t, "auc", constant(&AUC{}, threeIDs, nil, classes...), 0.5)
	want(t, "top 2", constant(&TopKAccuracy{K: 2}, threeIDs, nil, classes...), 7.0/8)
	want(t, "accuracy of yes and no", constant(&Accuracy{}, yesNo, nil, 1, 1, 0, 1, 0), 3.0/4)
	// Each tag by itself: always yes, always no.
	want(t, "accuracy of tags", constant(&Accuracy{}, twoTags, []int{2}, 1, 0, 1, 1, 1, 0, 0, 0, 1, 1), (3.0/4+3.0/4)/2)
	want(t, "mean absolute error", constant(&MeanAbsoluteError{}, twoNumbers, []int{2}, 1, 0, 3, 4, 0, 0), (1.0+2.0)/2)
	want(t, "r2", constant(&R2{}, twoNumbers, []int{2}, 1, 0, 3, 4, 0, 0), 0)
	// Two volumes of four voxels: all background.
	mask := ids(0, 0, 1, 0, 0, 0, 0, 2, 1, 1, 1, 1)
	want(t, "dice", constant(&Dice{background}, fourVoxels, []int{4}, mask...), (2.0*3/7)/3)
	want(t, "dice without background", constant(&Dice{}, fourVoxels, []int{4}, mask...), 0)
}

// TestConstantAnswer: the answer itself is that of one position.
func TestConstantAnswer(t *testing.T) {
	for _, c := range []struct {
		task   Task
		shape  []int
		labels []float32
		want   []float32
	}{
		{threeIDs, nil, ids(0, 1, 1, 2), []float32{0, 1, 0}},
		{fourVoxels, []int{4}, ids(0, 2, 2, 2), []float32{0, 0, 1}},
		{twoTags, []int{2}, []float32{1, 0, 1, 1, 1, 0}, []float32{1, 0}},
		{twoNumbers, []int{2}, []float32{1, 0, 3, 5}, []float32{2, 2.5}},
	} {
		targets := data.NewMemory(c.shape, c.labels)
		examples := []int{0, 1, 2, 3}[:targets.Len()]
		if _, answer, err := Constant(nil, c.task, targets, examples); err != nil || !slices.Equal(answer, c.want) {
			t.Errorf("%v: %v and %v, want %v", c.task.Kind, answer, err, c.want)
		}
	}
}
