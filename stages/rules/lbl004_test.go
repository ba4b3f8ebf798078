package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

func TestLBL004ProposesAMap(t *testing.T) {
	planned(t, rules.LBL004, diag.Error, labelled(t, 0, 29, 50, 29), `0, 29, 50.*map: \{0: 0, 29: 1, 50: 2\}`, loadIDs, "label_encode")
	quiet(t, labelled(t, 0, 29, 50, 29), loadIDs, "label_encode: {map: {0: 0, 29: 1, 50: 2}}")
	quiet(t, labelled(t, 2, 0, 1), loadIDs, "label_encode")
	planned(t, rules.LBL004, diag.Error, labelled(t, 0, 29, 50, 50), `3 labels belong to none of the 3 classes.*map: \{0: 0, 29: 1, 50: 2\}.*classes: 51`, loadIDs, "label_encode: {classes: 3}")
	planned(t, rules.LBL001, diag.Error, labelled(t, 0, 1, 2, 7), `1 label belongs to none of the 3 classes`, loadIDs, "label_encode: {classes: 3}")
}
