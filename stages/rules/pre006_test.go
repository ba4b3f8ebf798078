package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

// twoWays trains on one dataset, behind some stage, and predicts another one, behind
// some other.
func twoWays(trained, given string) string {
	return pipe("{phantom: {samples: 200, size: [8, 8, 8]}, id: heads}\n  - {phantom: {samples: 20, size: [8, 8, 8]}, id: more}",
		"{reshape: {expand_dims: -1}, id: a, from: heads}\n  - {reshape: {expand_dims: -1}, id: b, from: more}"+trained+given,
		"{model: {layers: ["+body+"{dense: {units: 2, activation: softmax}}]}, from: a_end}\n  - {train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}, from: [a_end, model]}",
		"{evaluate: {on: all}, from: [b_end, train]}")
}

func TestPRE006ComparesWhatWasDoneToTheValues(t *testing.T) {
	step := func(what, id, from string) string { return "\n  - {" + what + ", id: " + id + ", from: " + from + "}" }
	const (
		scale    = "normalize: {method: z_score, over: example}"
		learn    = "normalize: {method: z_score}"
		nothing  = "cast: {dtype: float32}"
		clip     = "clip: {range: [0, 1]}"
		clipped  = "clip: {range: [0, 2]}"
		rounded  = "cast: {dtype: float16}"
		quantile = "clip: {percentiles: [1, 99]}"
	)
	for _, c := range []struct{ trained, given, at, says string }{
		{scale, nothing, "evaluate", "the values given here have not been through a_end"},
		{nothing, scale, "normalize", "this changes the values given, and not those for training: z_score over example"},
		{clip, clipped, "clip", "here: clip to 0..2"},
		{rounded, clip, "clip", "here: clip to 0..1"},
		{learn, learn, "normalize", "this learns its numbers anew"},
		{quantile, quantile, "clip", "this learns its numbers anew"},
		{nothing, rounded, "cast", "this changes the values given, and not those for training: cast to float16"},
	} {
		flagged(t, rules.PRE006, twoWays(step(c.trained, "a_end", "a"), step(c.given, "b_end", "b")), c.at, c.says)
	}
	for _, does := range []string{scale, nothing, clip, rounded} {
		healthy(t, twoWays(step(does, "a_end", "a"), step(does, "b_end", "b")))
	}
	// The partitions of one dataset go through the same stages; so may another dataset
	// whose values nothing changes.
	healthy(t, twoWays(step(nothing, "a_end", "a"), step("reshape: {to: [8, 8, 8, 1]}", "b_end", "b")))
	healthy(t, pipe(twoVolumes, "split: {train: 0.5, test: 0.5, stratify: true}", learn, model("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}", "evaluate", "predict: {on: test}"))
	// The same dataset, from before the stage.
	flagged(t, rules.PRE006, pipe("{phantom: {samples: 40, size: [8, 8, 8]}}", "{reshape: {expand_dims: -1}, id: raw}", scale, model("{dense: {units: 2, activation: softmax}}"),
		"train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 20}", "{predict: {on: all}, from: [raw, train]}"), "predict", "have not been through normalize")
}
