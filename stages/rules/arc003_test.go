package rules_test

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

func TestARC003MendsTheChainAlone(t *testing.T) {
	text := trained("{conv3d: {filters: 4, kernel_size: 3, activation: tanh}}, {activation: {activation: sigmoid}}, tanh, {repeat: {times: 2, layers: [{conv3d: {filters: 4, kernel_size: 1, activation: sigmoid}}]}}, max_pool3d, batch_norm, tanh, " + head)
	d := flagged(t, rules.ARC003, text, "sigmoid", "4th sigmoid or tanh")
	mended := diag.Apply(text, d.Help[0].Edits)
	for _, want := range []string{"kernel_size: 3, activation: relu", "{activation: {activation: relu}}, relu, {repeat", "kernel_size: 1, activation: relu", "batch_norm, tanh"} {
		if !strings.Contains(mended, want) {
			t.Errorf("%q is not in\n%s", want, mended)
		}
	}
}
