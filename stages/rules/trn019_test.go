package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestTRN019FindsAWarmUpThatNeverEnds(t *testing.T) {
	flagged(t, rules.TRN019, scheduled("10", "{cosine: {warmup: 500}}"), "500", "the warm-up takes 500 epochs")
	flagged(t, rules.TRN019, scheduled("10", "{constant: {warmup: 10}}"), "10", "the warm-up takes 10 epochs")
	flagged(t, rules.TRN019, scheduled("10", "{one_cycle: {warmup: 12.5}}"), "12.5", "the warm-up takes 12.5 epochs")
}

func TestTRN019FindsAScheduleThatRises(t *testing.T) {
	flagged(t, rules.TRN019, scheduled("10", "{polynomial: {end_learning_rate: 0.01}}"), "0.01", "ends at 0.01")
	slow := pipe(twoVolumes, model("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: {adam: {learning_rate: 1e-5}}, loss: sparse_categorical_crossentropy, epochs: 10, schedule: polynomial}")
	flagged(t, rules.TRN019, slow, "polynomial", "ends at 0.0001")
}

func TestTRN019IsQuiet(t *testing.T) {
	for _, schedule := range []string{"{cosine: {warmup: 9.5}}", "one_cycle", "polynomial", "{polynomial: {end_learning_rate: 0}}", "{constant: {warmup: 1}}"} {
		healthy(t, scheduled("10", schedule))
	}
}
