package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestSHP021RemarksOnPlanesThatNoWindowReaches(t *testing.T) {
	config := func(depth int, layer string) string {
		return pipe(fmt.Sprintf("phantom: {samples: 200, size: [%d, 12, 12]}\n  - reshape: {expand_dims: -1}", depth), layered("{conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}, "+layer+", flatten, {dense: {units: 2, activation: softmax}}"),
			"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}")
	}
	for _, c := range []struct {
		depth       int
		layer, says string
	}{
		{9, "max_pool3d", "1 of 9 planes along the depth"},
		{8, "{average_pool3d: {pool_size: 3}}", "2 of 8 planes along the depth"},
		{8, "{conv3d: {filters: 4, kernel_size: 3, strides: 3, activation: relu}}", "2 of 8 planes along the depth"},
	} {
		kind, _, _ := strings.Cut(strings.TrimPrefix(c.layer, "{"), ":")
		if d := flagged(t, rules.SHP021, config(c.depth, c.layer), kind, c.says); d.Severity.String() != "info" {
			t.Errorf("it is an %s", d.Severity)
		}
	}
	spotless(t, config(11, "max_pool3d")) // a tenth at most
	spotless(t, config(8, "max_pool3d"))
	spotless(t, config(8, "{conv3d: {filters: 4, kernel_size: 1, strides: 3, activation: relu}}"))
	spotless(t, config(6, "zero_pad3d, {max_pool3d: {pool_size: 3}}"))
	spotless(t, config(9, "{max_pool3d: {padding: same}}"))
}
