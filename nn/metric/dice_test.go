package metric

import (
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/loss"
)

// Two examples of four voxels each.
var (
	fourVoxels = Task{Kind: MultiClass, Outputs: 3, Target: loss.ClassID, PerVoxel: true, Positions: 4}
	fourYesNo  = Task{Kind: Binary, Outputs: 1, Target: loss.Binary, PerVoxel: true, Positions: 4}
	fourTags   = Task{Kind: MultiLabel, Outputs: 2, Target: loss.Binary, PerVoxel: true, Positions: 4}
)

func TestDice(t *testing.T) {
	// Class 0: 2·1/(1+2) and 2·2/(2+3); class 1: 2·1/(2+2) and, not in the second
	// example but predicted there, nothing; class 2: in the second alone, 2·1/(1+1).
	predicted, actual := rows(0, 1, 1, 2, 0, 0, 1, 2), ids(0, 0, 1, 1, 0, 0, 0, 2)
	each := []float64{(2.0/3 + 4.0/5) / 2, 2.0 / 4, 1}
	want(t, "mean dice", value(&Dice{background}, fourVoxels, predicted, actual), (each[0]+each[1]+each[2])/3)
	want(t, "dice without background", value(&Dice{}, fourVoxels, predicted, actual), (each[1]+each[2])/2)
	meter := New(&Dice{}, fourVoxels)
	meter.Add(predicted, actual)
	got := meter.(ByClass).ByClass()
	if !math.IsNaN(got[0]) || !slices.Equal(got[1:], each[1:]) {
		t.Errorf("dice of each class is %v, want NaN, %v", got, each[1:])
	}
	// One region: 2·1/(2+1), and an example without it is left out.
	one, truth := []float32{0.9, 0.6, 0.5, 0.1, 0.9, 0.1, 0.1, 0.1}, ids(1, 0, 0, 0, 0, 0, 0, 0)
	want(t, "dice of one region", value(&Dice{background}, fourYesNo, one, truth), 2.0/3)
	want(t, "dice of one region without background", value(&Dice{}, fourYesNo, one, truth), 2.0/3)
	// Two tags that overlap: 2·1/(1+2) and 2·1/(1+1).
	y, tags := []float32{1, 1, 0, 0, 0, 0, 0, 0}, []float32{1, 1, 1, 0, 0, 0, 0, 0}
	want(t, "dice of tags", value(&Dice{}, fourTags, append(y, y...), append(tags, tags...)), (2.0/3+1)/2)
	want(t, "dice of nothing there", value(&Dice{background}, fourYesNo, one, make([]float32, 8)), 0)
}

func TestIoU(t *testing.T) {
	// Keras' tests, iou_metrics_test.py: IoUTest and MeanIoUTest.test_unweighted,
	// test_absent_class_contributes_zero, test_zero_and_non_zero_entries;
	// BinaryIoUTest.test_different_thresholds_unweighted with a threshold of 0.5.
	want(t, "iou", value(&IoU{background}, threeIDs, rows(0, 1, 0, 1), ids(0, 0, 1, 1)), 1.0/3)
	want(t, "iou of one class", value(&IoU{background}, threeIDs, rows(1), ids(1)), 1)
	probabilities := []float32{0.1, 0.2, 0.4, 0.7}
	want(t, "iou of yes and no", value(&IoU{background}, yesNo, probabilities, ids(0, 1, 0, 1)), (2.0/3+1.0/2)/2)
	want(t, "iou of yes", value(&IoU{}, yesNo, probabilities, ids(0, 1, 0, 1)), 1.0/2)
	// All examples are added up: class 1 has 1 of 3 voxels, class 2 1 of 2.
	predicted, actual := rows(0, 1, 1, 2, 0, 0, 0, 2), ids(0, 0, 1, 1, 0, 0, 0, 2)
	want(t, "iou without background", value(&IoU{}, fourVoxels, predicted, actual), (1.0/3+1.0/2)/2)
}
