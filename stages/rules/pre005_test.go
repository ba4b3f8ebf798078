package rules_test

import (
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// TestPRE005FindsScaledIDs: fractions that a division of volumes makes of ids, and no
// others; a regression on them is none of its business.
func TestPRE005FindsScaledIDs(t *testing.T) {
	network := "model: {layers: [flatten, {dense: {units: 3, activation: softmax}}]}"
	training := "train: {loss: sparse_categorical_crossentropy, epochs: 99, batch_size: 2, optimizer: adam}"
	few := func(values ...float32) []float32 { return slices.Repeat(values, 4) }
	planned(t, rules.PRE005, diag.Error, numbered(t, few(0, 1./255, 2./255)...), `times 255 they are 0, 1, 2`, loadIDs, network, training)
	planned(t, rules.PRE005, diag.Error, numbered(t, few(0, 0.5, 1)...), `times 2 they are 0, 1, 2`, loadIDs, network, training)
	planned(t, rules.PRE005, diag.Error, numbered(t, few(0, 0.00392, 0.00784)...), `times 255 they are 0, 0.9996, 1.999`, loadIDs, network, training)
	for _, others := range [][]float32{few(0, 1, 2), few(0, 0.31, 1.7)} {
		if found := plan(t, numbered(t, others...), pipe(loadIDs, network, training)); has(found, rules.PRE005) {
			t.Errorf("of %v: %s", others[:3], told(found))
		}
	}
	quiet(t, numbered(t, few(0, 0.5, 1)...), loadIDs, "model: {layers: [flatten, {dense: {units: 1}}]}", "train: {loss: mean_squared_error, epochs: 99, batch_size: 2, optimizer: adam}")
}
