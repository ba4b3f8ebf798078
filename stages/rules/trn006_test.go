package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestTRN006(t *testing.T) {
	flagged(t, rules.TRN006, optimized("{adam: {epsilon: 1e-50}}"), "1e-50", "1e-50 is 0 in float32")
	flagged(t, rules.TRN006, optimized("{rmsprop: {epsilon: 6e-46}}"), "6e-46", "6e-46 is 0 in float32")
	flagged(t, rules.TRN006, optimized("{adagrad: {epsilon: 1e-50, initial_accumulator_value: 0}}"), "1e-50", "1e-50 is 0 in float32")
	spotless(t, optimized("{adagrad: {epsilon: 1e-50}}"))
	spotless(t, optimized("{rmsprop: {epsilon: 8e-46}}"))
	normalized := func(epsilon string) string {
		return pipe(volume, layered(plain+", {batch_norm: {epsilon: "+epsilon+"}}, relu, max_pool3d, "+head), training(sparse+", batch_size: 8"))
	}
	flagged(t, rules.TRN006, normalized("0"), "0", "nothing is added to the variance")
	spotless(t, normalized("1e-12"))
}
