package metric

import (
	"math"
	"testing"
)

func TestTopKAccuracy(t *testing.T) {
	// Keras' accuracy_metrics_test.py, TopKCategoricalAccuracyTest.test_unweighted.
	y := []float32{0.1, 0.9, 0.8, 0.05, 0.95, 0}
	want(t, "top 1", value(&TopKAccuracy{K: 1}, threeClasses, y, rows(2, 1)), 0.5)
	want(t, "top 1 of ids", value(&TopKAccuracy{K: 1}, threeIDs, y, ids(2, 1)), 0.5)
	want(t, "top 2", value(&TopKAccuracy{K: 2}, threeIDs, y, ids(2, 1)), 1)
	want(t, "top 2, the last", value(&TopKAccuracy{K: 2}, threeIDs, y, ids(0, 2)), 0)
	want(t, "top 5 of 3", value(&TopKAccuracy{K: 5}, threeIDs, y, ids(0, 2)), 1)
	// Equal outputs find the first classes only: a constant answer is not right.
	same := []float32{0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}
	want(t, "top 1 of equal outputs", value(&TopKAccuracy{K: 1}, threeIDs, same, ids(0, 1, 2)), 1.0/3)
	want(t, "top 2 of equal outputs", value(&TopKAccuracy{K: 2}, threeIDs, same, ids(0, 1, 2)), 2.0/3)
	nan := float32(math.NaN())
	want(t, "top 3 of NaN", value(&TopKAccuracy{K: 3}, threeIDs, []float32{nan, 0.1, 0.2}, ids(0)), 0)
	want(t, "top 1 beside NaN", value(&TopKAccuracy{K: 1}, threeIDs, []float32{nan, 0.1, 0.2}, ids(2)), 0)
}
