package metric

import "testing"

func TestAccuracy(t *testing.T) {
	// The second row is a tie, which goes to the first class.
	y := []float32{0.1, 0.2, 0.7, 0.4, 0.4, 0.2, 0, 1, 0}
	want(t, "categorical accuracy", value(&Accuracy{}, threeClasses, y, rows(2, 1, 1)), 2.0/3)
	// 0.5 itself is no.
	want(t, "binary accuracy", value(&Accuracy{}, yesNo, []float32{0.5, 0.51, 0.49, 1}, ids(0, 1, 1, 1)), 0.75)
	// Each tag is a prediction.
	want(t, "accuracy of tags", value(&Accuracy{}, twoTags, []float32{0.9, 0.1, 0.9, 0.9}, []float32{1, 0, 0, 1}), 0.75)
	want(t, "accuracy of numbers", value(&Accuracy{}, twoNumbers, []float32{1.5, 2, 3, 4}, []float32{1.5, 2.1, 3, 4.1}), 0.5)
}
