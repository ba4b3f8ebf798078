package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

func TestLBL001ComparesIDsWithOutputs(t *testing.T) {
	sevens := []int64{1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7}
	ids := func(units string) []string {
		return []string{loadIDs, "model: {layers: [flatten, {dense: {units: " + units + ", activation: softmax}}]}",
			"train: {loss: sparse_categorical_crossentropy, epochs: 9, batch_size: 2, optimizer: adam}"}
	}
	found := plan(t, labelled(t, sevens...), pipe(ids("7")...))
	if !has(found, rules.LBL001) {
		t.Errorf("labels 1 to 7 with 7 outputs:\n%s", told(found))
	}
	if found = plan(t, labelled(t, 1, 2, 1, 2), pipe(ids("3")...)); !has(found, rules.LBL001) {
		t.Errorf("labels 1 and 2 with 3 outputs:\n%s", told(found))
	}
	quiet(t, labelled(t, 0, 1, 0, 1), ids("2")...)
	planned(t, rules.LBL004, diag.Error, labelled(t, 0, 29, 50, 0, 29, 50, 0, 29, 50, 0), `class ids from 0 to 50.*3 outputs.*map: \{0: 0, 29: 1, 50: 2\}`, ids("3")...)
	planned(t, rules.LBL004, diag.Warning, labelled(t, 0, 1, 2, 4, 0, 1, 2, 4, 0, 1), `4 values, from 0 to 4.*1 output is never right`, ids("5")...)
}

// TestLBL001FindsClassesThatNothingTrainedOnHas: the outputs fit what is trained on.
func TestLBL001FindsClassesThatNothingTrainedOnHas(t *testing.T) {
	stray := apart(t, sorted(4, 4), sorted(4, 4, 1))
	said(t, rules.LBL001, stray, `2 outputs.*2 \(once, first in sample 16\).*the training partition has none`, loadApart, twoUnits, onIDs+"}")
	unsaid(t, rules.OUT001, stray, loadApart, twoUnits, onIDs+"}")
	said(t, rules.OUT001, apart(t, sorted(4, 4, 4), sorted(4, 4, 1)), `ends in 2 values`, loadApart, twoUnits, onIDs+"}")
}

func has(found []diag.Diagnostic, rule *rules.Rule) bool {
	for _, d := range found {
		if d.Code == rule.Code {
			return true
		}
	}
	return false
}

func TestLBL001ComparesIDsWithDeclaredClasses(t *testing.T) {
	planned(t, rules.LBL001, diag.Error, labelled(t, 1, 2, 3, 3), `4: 2 labels belong to none of the 3 classes.*3 \(2 times, first in sample 2\).*start at 1.*map: \{1: 0, 2: 1, 3: 2\}`,
		loadIDs, "label_encode: {classes: 3}")
	planned(t, rules.LBL001, diag.Error, named(t, "ill", "well", "wel"), `"wel" \(once, first in sample 2\).*did you mean well`,
		loadNames, "label_encode: {classes: [ill, well]}")
	flagged(t, rules.LBL001, pipe(threeHeads, "label_encode: {classes: 2}"), "2", "labels belong to none of the 2 classes")
	quiet(t, labelled(t, 1, 2, 3, 3), loadIDs, "label_encode: {map: {1: 0, 2: 1, 3: 2}}")
}
