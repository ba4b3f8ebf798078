package metric

import "testing"

func TestBalancedAccuracy(t *testing.T) {
	// Class 0: 3 of 4 found; class 1: 1 of 1; class 2 never occurs.
	want(t, "of two of three classes", value(&BalancedAccuracy{}, threeClasses, rows(0, 0, 0, 2, 1), rows(0, 0, 0, 0, 1)), (0.75+1)/2)
	want(t, "of a constant answer", value(&BalancedAccuracy{}, threeClasses, rows(0, 0, 0, 0), rows(0, 0, 1, 2)), 1.0/3)
	want(t, "of one class", value(&BalancedAccuracy{}, yesNo, ids(1, 1, 0), ids(1, 1, 1)), 2.0/3)
	// First tag: yes 1 of 2, no 1 of 1; second tag: always no, 3 of 3.
	want(t, "of tags", value(&BalancedAccuracy{}, twoTags, []float32{1, 0, 0, 0, 0, 0}, []float32{1, 0, 1, 0, 0, 0}), (0.75+1)/2)
}
