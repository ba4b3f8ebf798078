package metric

import (
	"reflect"
	"testing"
)

// TestConfusionMatrix checks the example in scikit-learn's documentation, and
// one sigmoid unit.
func TestConfusionMatrix(t *testing.T) {
	meter := New(&ConfusionMatrix{}, threeClasses)
	meter.Add(rows(0, 0, 2, 2, 0, 2), rows(2, 0, 2, 2, 0, 1))
	table := meter.Table()
	if want := [][]int{{2, 0, 0}, {0, 0, 1}, {1, 0, 2}}; !reflect.DeepEqual(table.Counts, want) {
		t.Errorf("counts are %v, want %v", table.Counts, want)
	}
	meter.Reset()
	if table.Counts[0][0] != 2 || meter.Table().Counts[0][0] != 0 {
		t.Error("a reset must clear the counts but not a table that was given out")
	}

	meter = New(&ConfusionMatrix{}, yesNo)
	meter.Add([]float32{0.9, 0.5, 0.1, 0.6}, ids(1, 1, 0, 0))
	if got, want := meter.Table().Counts, [][]int{{1, 1}, {1, 1}}; !reflect.DeepEqual(got, want) {
		t.Errorf("counts are %v, want %v", got, want)
	}
}
