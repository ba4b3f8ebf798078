package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestSHP015FindsTooManyWeightsBehindAFlatten(t *testing.T) {
	d := flagged(t, rules.SHP015, pipe("load: {volumes: heads.npy, shape: [400, 48, 48, 48, 1], dtype: float32}",
		"model: {layers: [{conv3d: {filters: 32, kernel_size: 3}}, {conv3d: {filters: 32, kernel_size: 3}}, max_pool3d, {dropout: {rate: 0.5}}, flatten, {dense: {units: 128, activation: relu}}, {dense: {units: 5, activation: softmax}}]}"),
		"128", "340736 × 128 = 43614208 weights")
	if d.Severity.String() != "warning" {
		t.Errorf("it is an %s", d.Severity)
	}
}

func TestSHP015IsQuiet(t *testing.T) {
	// The classic example: many features, but few units.
	healthy(t, pipe("load: {volumes: heads.npy, shape: [100, 10, 64, 64, 1], dtype: float32}",
		"model: {layers: [{conv3d: {filters: 32, kernel_size: 3, activation: relu}}, max_pool3d, flatten, {dense: {units: 2, activation: softmax}}]}"))
	// Enough examples for the weights.
	healthy(t, pipe("load: {volumes: heads.npy, shape: [100000, 48, 48, 48, 1], dtype: float32}",
		"model: {layers: [{conv3d: {filters: 32, kernel_size: 3}}, {conv3d: {filters: 32, kernel_size: 3}}, max_pool3d, flatten, {dense: {units: 128, activation: relu}}, {dense: {units: 5, activation: softmax}}]}"))
}
