package rules_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

// Rows of zeros and ones are judged alike, whether they are stored as whole numbers or
// as real ones.
func TestRowsOfRealNumbersTellClasses(t *testing.T) {
	rows := func(dtype string, row func(i int) [5]float32) string {
		folder := labelled(t, make([]int64, 20)...)
		var reals []float32
		var ints []int64
		for i := range 20 {
			for _, v := range row(i) {
				reals, ints = append(reals, v), append(ints, int64(v))
			}
		}
		if dtype == "<i8" {
			array(t, filepath.Join(folder, "labels.npy"), dtype, "20, 5", ints)
		} else {
			array(t, filepath.Join(folder, "labels.npy"), dtype, "20, 5", reals)
		}
		return folder
	}
	one := func(i int) (row [5]float32) { row[i%5] = 1; return row }
	two := func(i int) (row [5]float32) { row[i%5], row[(i+i%2)%5] = 1, 1; return row }
	ends := func(units int, activation string) string {
		return fmt.Sprintf("model: {layers: [flatten, {dense: {units: %d, activation: %s}}]}", units, activation)
	}
	train := func(loss string) string {
		return "train: {optimizer: adam, epochs: 9, batch_size: 2, metrics: [accuracy], loss: " + loss + "}"
	}
	for _, dtype := range []string{"<i8", "<f4"} {
		said(t, rules.OUT001, rows(dtype, one), "the model ends in 3 values.*the labels have 5 classes", loadIDs, ends(3, "softmax"), train("categorical_crossentropy"))
		said(t, rules.OUT015, rows(dtype, two), "10 of 20 rows .50 %. have two ones", loadIDs, ends(5, "softmax"), train("categorical_crossentropy"))
		said(t, rules.MET004, rows(dtype, one), "says no to everything has an accuracy of 0.8", loadIDs, ends(5, "sigmoid"), train("binary_crossentropy"))
		quiet(t, rows(dtype, one), loadIDs, ends(5, "softmax"), train("categorical_crossentropy"))
	}
	half := func(i int) (row [5]float32) { row[i%5], row[(i+1)%5] = 0.5, 0.5; return row }
	quiet(t, rows("<f4", half), loadIDs, ends(5, "softmax"), train("categorical_crossentropy"))
}
