package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestLBL015RemarksOnStepsOfAScale(t *testing.T) {
	config := func(names string) string {
		n := len(strings.Split(names, ","))
		return pipe(fmt.Sprintf("phantom: {samples: 60, size: [8, 8, 8], classes: %d}", n)+channel, "label_encode: {classes: ["+names+"], form: class_id}",
			model(fmt.Sprintf("{dense: {units: %d, activation: softmax}}", n)), training("loss: sparse_categorical_crossentropy"))
	}
	for _, names := range []string{"mild, moderate, severe", "high, low, medium", "Grade I, Grade II, Grade III", "'1', '2', '3', '4', '5'", "stage_0, stage_1, stage_2", "Normal, Very mild, Severe"} {
		if d := flagged(t, rules.LBL015, config(names), "["+names+"]", "these classes are steps of a scale"); d.Severity.String() != "info" {
			t.Errorf("%s: it is an %s", names, d.Severity)
		}
	}
	for _, names := range []string{"low, high", "cyst, tumour, abscess", "'0', '1', '2'", "mild, moderate, cyst", "grade 1, grade 3, grade 7", "class_0, class_1, class_2", "T1, T2, FLAIR"} {
		spotlessButSmells(t, config(names))
	}
}

func spotlessButSmells(t *testing.T, config string) {
	t.Helper()
	if found := withoutSmells(check(t, config)); len(found) > 0 {
		t.Errorf("a healthy config is remarked on:\n%s\nin\n%s", told(found), config)
	}
}
