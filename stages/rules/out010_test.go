package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT010FindsASoftmaxAlongAnotherAxis(t *testing.T) {
	flagged(t, rules.OUT010, pipe(threeVolumes, "model: {layers: [{conv3d: {filters: 3, kernel_size: 3}}, {softmax: {axis: 3}}, global_average_pool3d]}",
		training("loss: sparse_categorical_crossentropy")), "3", "the width of 6")
	flagged(t, rules.OUT010, pipe(threeVolumes, "model: {layers: [{conv3d: {filters: 3, kernel_size: 3, activation: {softmax: {axis: 1}}}}, global_average_pool3d]}",
		training("loss: sparse_categorical_crossentropy")), "1", "the depth of 6")
}

func TestOUT010IsQuiet(t *testing.T) {
	for _, axis := range []string{"-1", "4"} {
		healthy(t, pipe(threeVolumes, "model: {layers: [{conv3d: {filters: 3, kernel_size: 3}}, {softmax: {axis: "+axis+"}}, global_average_pool3d]}",
			training("loss: sparse_categorical_crossentropy")))
	}
	healthy(t, pipe(threeVolumes, model("{dense: {units: 3}}, {softmax: {axis: 1}}"), training("loss: sparse_categorical_crossentropy")))
}
