package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

const heads16 = "load: {volumes: heads.npy, shape: [100, 10, 64, 64], dtype: float32}"

func TestSHP019FindsTheNumberOfExamplesInTheShape(t *testing.T) {
	d := flagged(t, rules.SHP019, pipe(heads16, "reshape: {to: [100, 10, 64, 64, 1]}"), "[100, 10, 64, 64, 1]", "4096000 values, an example has 40960")
	if d.Help[0].Text != "leave the number of examples out: to: [10, 64, 64, 1]" || len(d.Help[0].Edits) != 1 {
		t.Errorf("%+v", d.Help)
	}
	flagged(t, rules.SHP019, pipe(heads16, "reshape: {to: [-1, 10, 64, 64, 1]}"), "[-1, 10, 64, 64, 1]", "no part of the shape")
}

func TestSHP019FindsAnotherNumberOfValues(t *testing.T) {
	flagged(t, rules.SHP019, pipe(heads16, "reshape: {to: [10, 64, 1]}"), "[10, 64, 1]", "640 values, an example has 40960")
	flagged(t, rules.SHP019, pipe(heads16, "reshape: {expand_dims: -1}", "reshape: {squeeze: 0}"), "0", "has 10 values, not 1")
}

func TestSHP019IsQuiet(t *testing.T) {
	for _, reshape := range []string{"{to: [10, 64, 64, 1]}", "{to: [-1, 64, 64, 1]}", "{to: [-1]}", "{expand_dims: -1}"} {
		healthy(t, pipe(heads16, "reshape: "+reshape))
	}
	healthy(t, pipe("load: {volumes: heads.npy, shape: [N, D, 64, 64], dtype: float32}", "reshape: {to: [10, 64, 64, 1]}"))
}
