package metric

import (
	"math"
	"testing"

	"github.com/voxelpipe/pipe/nn/loss"
)

func TestR2(t *testing.T) {
	// Keras' regression_metrics_test.py, R2ScoreTest.test_r2_sklearn_comparison.
	task := Task{Kind: Regression, Outputs: 3, Target: loss.Real}
	truth := []float32{0, 0, 1, 0, 1, 0, 1, 0, 0}
	y := []float32{0.4, 0.5, 0.6, 0.1, 0.2, 0.3, 0.5, 0.8, 0.2}
	meter := New(&R2{}, task)
	meter.Add(y, truth)
	for k, want := range []float64{0.37, -1.295, 0.565} {
		if got := meter.(ByClass).ByClass()[k]; math.Abs(got-want) > 1e-6 {
			t.Errorf("r2 of output %d is %v, Keras has %v", k, got, want)
		}
	}
	if got := value(&R2{}, task, y, truth); math.Abs(got+0.12) > 1e-6 {
		t.Errorf("r2 is %v, Keras has -0.12", got)
	}
	one := Task{Kind: Regression, Outputs: 1, Target: loss.Real}
	want(t, "r2 of the mean", value(&R2{}, one, []float32{2, 2, 2}, []float32{1, 2, 3}), 0)
	want(t, "r2 of equal labels", value(&R2{}, one, []float32{1, 2, 3}, []float32{2, 2, 2}), 0)
	want(t, "r2 of equal labels that are met", value(&R2{}, one, []float32{2, 2}, []float32{2, 2}), 1)
	want(t, "r2 of NaN", value(&R2{}, one, []float32{float32(math.NaN()), 2}, []float32{2, 1}), math.NaN())
	// Labels far from 0 with a spread far smaller: 1 - 1/2.
	want(t, "r2 far from 0", value(&R2{}, one, []float32{1 << 20, 1<<20 + 1}, []float32{1 << 20, 1<<20 + 2}), 0.5)
}
