package rules_test

import (
	"fmt"
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestARC016RemarksOnEqualPoolingOfFlatVolumes(t *testing.T) {
	config := func(width int, pool string) string {
		return pipe(fmt.Sprintf("phantom: {samples: 200, size: [4, %d, %d]}\n  - reshape: {expand_dims: -1}", width, width), layered("{conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}, "+pool+", flatten, {dense: {units: 2, activation: softmax}}"),
			"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}")
	}
	if d := flagged(t, rules.ARC016, config(16, "max_pool3d"), "max_pool3d", "an axis of 4 is divided by 2 like one of 16"); d.Severity.String() != "info" {
		t.Errorf("it is an %s", d.Severity)
	}
	spotless(t, config(14, "max_pool3d"))
	spotless(t, config(16, "{max_pool3d: {pool_size: [1, 2, 2]}}"))
}
