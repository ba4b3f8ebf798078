package rules_test

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestSHP008FindsADenseLayerOnAVolume(t *testing.T) {
	d := flagged(t, rules.SHP008, pipe(twoVolumes, "model: {layers: [{conv3d: {filters: 4, kernel_size: 3, activation: relu}}, {dense: {units: 8, activation: relu}}, {dense: {units: 2, activation: softmax}}]}"),
		"dense", "vector of features")
	if !strings.Contains(strings.Join(d.Notes, "\n"), "[N, 6, 6, 6, 4]") {
		t.Errorf("the input is not told: %q", d.Notes)
	}
}

func TestSHP008IsQuiet(t *testing.T) {
	for _, between := range []string{"flatten", "global_average_pool3d", "global_max_pool3d"} {
		healthy(t, pipe(twoVolumes, "model: {layers: [{conv3d: {filters: 4, kernel_size: 3, activation: relu}}, "+between+", {dense: {units: 2, activation: softmax}}]}"))
	}
}
