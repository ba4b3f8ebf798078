package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT021FindsRegionsWithoutVoxels(t *testing.T) {
	softmax := model("{dense: {units: 3, activation: softmax}}")
	for _, loss := range []string{"dice", "dice_crossentropy", "tversky"} {
		flagged(t, rules.OUT021, pipe(threeVolumes, softmax, training("loss: "+loss)), loss, "regions of voxels")
		flagged(t, rules.OUT021, pipe(threeVolumes, "label_encode: {classes: 3}", softmax, training("loss: "+loss)), loss, "regions of voxels")
		flagged(t, rules.OUT021, pipe(twoVolumes, model("{dense: {units: 1, activation: sigmoid}}"), training("loss: "+loss)), loss, "regions of voxels")
		healthy(t, pipe(masks, segmenter("{conv3d: {filters: 3, kernel_size: 1, activation: softmax}}"), training("loss: "+loss)))
	}
}
