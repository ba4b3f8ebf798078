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
}
