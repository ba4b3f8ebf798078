package metric

import (
	"testing"

	"github.com/voxelpipe/pipe/nn/loss"
)

func TestMeanErrors(t *testing.T) {
	y, targets := []float32{4, 8, 12, 8, 1, 3}, []float32{1, 9, 2, -5, -2, 6}
	task := Task{Kind: Regression, Outputs: 3, Target: loss.Real}
	want(t, "mean absolute error", value(&MeanAbsoluteError{}, task, y, targets), 5.5)
	want(t, "mean squared error", value(&MeanSquaredError{}, task, y, targets), 49.5)
	// Class ids are compared as the one-hot rows that they stand for.
	want(t, "mean absolute error of class ids",
		value(&MeanAbsoluteError{}, threeIDs, []float32{0.5, 0.25, 0.25}, ids(0)), (0.5+0.25+0.25)/3)
}
