package rules_test

import (
	"path/filepath"
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestLBL003FindsTheFewRowsThatAreNotOneHot(t *testing.T) {
	// Twenty rows of two columns, alternating but for some.
	rows := func(dtype string, odd map[int][2]float32) string {
		folder := labelled(t, make([]int64, 20)...)
		values := make([]float32, 0, 40)
		for i := range 20 {
			row := [2]float32{float32(i % 2), float32(1 - i%2)}
			if other, is := odd[i]; is {
				row = other
			}
			values = append(values, row[:]...)
		}
		if dtype == "<i8" {
			whole := make([]int64, len(values))
			for i, v := range values {
				whole[i] = int64(v)
			}
			array(t, filepath.Join(folder, "labels.npy"), dtype, "20, 2", whole)
			return folder
		}
		array(t, filepath.Join(folder, "labels.npy"), dtype, "20, 2", values)
		return folder
	}
	train := "train: {optimizer: adam, epochs: 9, batch_size: 2, loss: categorical_crossentropy}"
	for _, dtype := range []string{"<i8", "<f4"} {
		two := rows(dtype, map[int][2]float32{5: {0, 0}, 9: {1, 1}})
		said(t, rules.LBL003, two, `2 of 20 rows are not one-hot.*rows 5, 9, counting from 0; row 5 is \[0 0\]`, loadIDs, twoUnits, train)
		said(t, rules.LBL003, two, `2 of 20 rows are not one-hot.*this shares out the classes`, loadIDs, "split: {train: 0.5, test: 0.5, stratify: true}")
		quiet(t, rows(dtype, nil), loadIDs, "split: {train: 0.5, test: 0.5, stratify: true}", twoUnits, train)
	}
	// One row of twenty that two readers disagree about is none of the faulty ones.
	quiet(t, rows("<f4", map[int][2]float32{5: {0.5, 0.5}}), loadIDs, twoUnits, train)
	none := map[int][2]float32{}
	for i := range 7 {
		none[i] = [2]float32{0, 0}
	}
	said(t, rules.LBL003, rows("<i8", none), `7 of 20 rows are not one-hot.*row 0 is \[0 0\]`, loadIDs, twoUnits, train)
	double, white := map[int][2]float32{}, map[int][2]float32{}
	for i := range 20 {
		double[i], white[i] = [2]float32{2 * float32(i%2), 2 * float32(1-i%2)}, [2]float32{255 * float32(i%2), 255 * float32(1-i%2)}
	}
	said(t, rules.LBL003, rows("<f4", double), `20 of 20 rows are not one-hot.*row 0 is \[0 2\]`, loadIDs, twoUnits, train)
	said(t, rules.LBL003, rows("<i8", white), `20 of 20 rows are not one-hot.*row 0 is \[0 255\]`, loadIDs, twoUnits, train)
	unsaid(t, rules.OUT015, rows("<i8", white), loadIDs, twoUnits, train)
	three := map[int][2]float32{5: {0, 0}, 9: {1, 1}, 11: {1, 1}}
	said(t, rules.OUT015, rows("<i8", three), `2 of 20 rows`, loadIDs, twoUnits, train)
	quiet(t, rows("<f4", map[int][2]float32{5: {0.5, 0.5}, 9: {0.1, 0.9}, 11: {0.5, 0.5}}), loadIDs, twoUnits, train)
}
