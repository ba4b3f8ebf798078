package metric

import "testing"

// One tag or class: 2 hits, 1 false alarm, 3 misses.
var (
	someYes   = []float32{1, 1, 1, 0, 0, 0, 0}
	someTruth = []float32{1, 1, 0, 1, 1, 1, 0}
)

func TestPrecision(t *testing.T) {
	want(t, "precision", value(&Precision{macro}, yesNo, someYes, someTruth), 2.0/3)
	want(t, "precision of never", value(&Precision{macro}, yesNo, ids(0, 0), ids(0, 1)), 0)
}

func TestRecall(t *testing.T) {
	want(t, "recall", value(&Recall{macro}, yesNo, someYes, someTruth), 2.0/5)
	want(t, "recall of what never occurs", value(&Recall{macro}, yesNo, ids(0, 1), ids(0, 0)), 0)
}

func TestF1(t *testing.T) {
	want(t, "f1", value(&F1{macro}, yesNo, someYes, someTruth), 2*2.0/(2*2+1+3))
	want(t, "f1 of a class that is neither true nor predicted", value(&F1{macro}, threeClasses, rows(0, 1), rows(0, 1)), 1)
}

// TestAverages: class 0 has 2 hits of 2 predictions and 3 examples, class 1 1 hit
// of 2 predictions and 1 example, class 2 nothing.
func TestAverages(t *testing.T) {
	predicted, actual := rows(0, 0, 1, 1), rows(0, 0, 0, 1)
	want(t, "macro precision", value(&Precision{macro}, threeClasses, predicted, actual), (1+0.5)/2)
	want(t, "weighted precision", value(&Precision{Averaging{"weighted"}}, threeClasses, predicted, actual), (3*1+1*0.5)/4)
	want(t, "micro precision", value(&Precision{Averaging{"micro"}}, threeClasses, predicted, actual), 0.75)
	want(t, "macro recall", value(&Recall{macro}, threeClasses, predicted, actual), (2.0/3+1)/2)
	want(t, "weighted recall", value(&Recall{Averaging{"weighted"}}, threeClasses, predicted, actual), 0.75)
}
