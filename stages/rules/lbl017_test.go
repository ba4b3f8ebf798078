package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// TestLBL017FindsClassesWithoutAnyExample: at the place that declares them, wherever
// the split stands, and only where something is to be learnt.
func TestLBL017FindsClassesWithoutAnyExample(t *testing.T) {
	mixed := []int64{0, 1, 0, 1, 0, 1, 0, 1}
	split := "split: {train: 0.5, test: 0.5, stratify: true}"
	network := "model: {layers: [flatten, {dense: {units: 3, activation: softmax}}]}"
	training := "train: {loss: categorical_crossentropy, epochs: 99, batch_size: 2, optimizer: adam}"
	planned(t, rules.LBL017, diag.Error, labelled(t, mixed...), `5: the dataset has no example of class 2.*0 4, 1 4, 2 0`,
		loadIDs, split, "label_encode: {classes: 3}")
	planned(t, rules.LBL017, diag.Error, labelled(t, mixed...), `4: the dataset has no example of class MCI`,
		loadIDs, "label_encode: {classes: [AD, CN, MCI]}", split)
	planned(t, rules.LBL017, diag.Error, labelled(t, mixed...), `4: the dataset has no example of class 2`,
		loadIDs, "label_encode: {classes: 3}", network, training)
	planned(t, rules.LBL017, diag.Error, labelled(t, mixed...), `4: the dataset has no example of class 2`,
		loadIDs, "label_encode: {map: {0: 0, 1: 1, 7: 2}}", split)
	unsaid(t, rules.LBL005, labelled(t, mixed...), loadIDs, "label_encode: {classes: 3}", split)
	quiet(t, labelled(t, mixed...), loadIDs, split, "label_encode")
	quiet(t, labelled(t, mixed...), loadIDs, "label_encode", split)
	quiet(t, labelled(t, mixed...), loadIDs, "label_encode: {classes: 3}", "cast: {dtype: float32}")
}
