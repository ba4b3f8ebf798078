package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

func TestLBL005FindsMissingClasses(t *testing.T) {
	inOrder := "split: {train: 0.75, validation: 0.25, shuffle: false}"
	// Validation holds the last class alone, of which training has some too.
	planned(t, rules.LBL005, diag.Warning, labelled(t, sorted(10, 30)...),
		`4: validation has no example of class 0 \| \[3: the labels.*train: 0 10, 1 20.*validation: 0 0, 1 10.*stratify: true`, loadIDs, inOrder)
	// Training lacks the last class, of which there are some in validation.
	planned(t, rules.LBL005, diag.Error, labelled(t, append(sorted(10, 20, 0), 0, 1, 1, 1, 1, 1, 2, 2, 2, 2)...),
		`train has no example of class 2`, loadIDs, inOrder)
	// Encoded, the class has a name.
	planned(t, rules.LBL005, diag.Warning, labelled(t, sorted(10, 30)...), `validation has no example of class ill`,
		loadIDs, "label_encode: {classes: [ill, well]}", inOrder)
}

func TestLBL005CanBeAllowed(t *testing.T) {
	quiet(t, labelled(t, sorted(10, 30)...), loadIDs,
		"split: {train: 0.75, validation: 0.25, shuffle: false}\n    allow: [LBL005]", "label_encode", "cast: {dtype: float32}")
}
