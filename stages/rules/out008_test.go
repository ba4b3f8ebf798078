package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestOUT008FindsScoresWhereProbabilitiesAreTaken(t *testing.T) {
	flagged(t, rules.OUT008, pipe(threeVolumes, model("{dense: {units: 3}}"),
		training("loss: sparse_categorical_crossentropy")), "dense", "plain scores")
	flagged(t, rules.OUT008, pipe(threeVolumes, model("{dense: {units: 3, activation: tanh}}"),
		training("loss: sparse_categorical_crossentropy")), "tanh", "no probabilities")
	flagged(t, rules.OUT008, pipe(threeVolumes, "model: {layers: [{conv3d: {filters: 3, kernel_size: 3}}, global_average_pool3d]}",
		training("loss: sparse_categorical_crossentropy")), "conv3d", "plain scores")
}

func TestOUT008IsQuiet(t *testing.T) {
	healthy(t, pipe(threeVolumes, model("{dense: {units: 3}}"), training("loss: {sparse_categorical_crossentropy: {from_logits: true}}")))
	healthy(t, pipe(ages, model("{dense: {units: 1}}"), training("loss: mean_squared_error")))
	healthy(t, pipe(threeVolumes, model("{dense: {units: 3}}, softmax"), training("loss: sparse_categorical_crossentropy")))
	// A mean of distributions is one.
	healthy(t, pipe(threeVolumes, "model: {layers: [{conv3d: {filters: 3, kernel_size: 3, activation: softmax}}, global_average_pool3d]}",
		training("loss: sparse_categorical_crossentropy")))
}
