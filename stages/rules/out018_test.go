package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

// segmenter is a network that keeps the grid.
func segmenter(head string) string {
	return "model: {layers: [{conv3d: {filters: 4, kernel_size: 3, padding: same, activation: relu}}, " + head + "]}"
}

func TestOUT018FindsABackgroundThatIsNotThere(t *testing.T) {
	single := segmenter("{conv3d: {filters: 1, kernel_size: 1, activation: sigmoid}}")
	for _, loss := range []string{"dice", "dice_crossentropy", "tversky"} {
		d := flagged(t, rules.OUT018, pipe(masks, single, training("loss: {"+loss+": {include_background: false}}")), "false", "no background")
		if d.Severity.String() != "warning" {
			t.Errorf("%s: %s", loss, d.Severity)
		}
		healthy(t, pipe(masks, single, training("loss: {"+loss+": {include_background: true}}")))
		healthy(t, pipe(masks, segmenter("{conv3d: {filters: 3, kernel_size: 1, activation: softmax}}"),
			training("loss: {"+loss+": {include_background: false}}")))
	}
}
