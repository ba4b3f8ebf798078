package rules_test

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestSHP001FindsTheMissingChannelOnce(t *testing.T) {
	const volumes = "load: {volumes: heads.npy, shape: [120, 31, 31, 31], dtype: float32}"
	d := flagged(t, rules.SHP001, pipe(volumes, model("{dense: {units: 2, activation: softmax}}")), "conv3d", "channel axis")
	if !strings.Contains(d.Help[0].Text, "expand_dims: -1") {
		t.Errorf("the help is %q", d.Help[0].Text)
	}
	// Two branches run into the same missing axis.
	two := withoutSmells(check(t, pipe(volumes, "reshape: {to: [31, 31, 31]}", "model: {layers: [{conv3d: {filters: 2, kernel_size: 1}, id: a}, global_average_pool3d]}")))
	if len(two) != 1 {
		t.Errorf("want one problem, got:\n%s", told(two))
	}
}

func TestSHP001IsQuiet(t *testing.T) {
	healthy(t, pipe("load: {volumes: heads.npy, shape: [120, 31, 31, 31], dtype: float32}", "reshape: {expand_dims: -1}", model("{dense: {units: 2, activation: softmax}}")))
	healthy(t, pipe("load: {volumes: heads.npy}", model("{dense: {units: 2, activation: softmax}}")))
}
