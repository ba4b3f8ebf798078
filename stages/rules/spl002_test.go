package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestSPL002FindsEmptyPartitions(t *testing.T) {
	three := "phantom: {samples: 3, size: [8, 8, 8]}"
	flagged(t, rules.SPL002, pipe(three, "split: {train: 0.9, test: 0.1}"), "0.1", "the test partition has no example")
	flagged(t, rules.SPL002, pipe(three, "split: {folds: 4, fold: 0}"), "4", "3 examples do not fill 4 folds")
	bare := "load: {volumes: heads.npy, shape: [3, 8, 8, 8], dtype: float32}"
	healthy(t, pipe(bare, "split: {train: 0.6, test: 0.4}"))
	healthy(t, pipe(bare, "split: {train: 2, validation: 0, test: 1}"))
	healthy(t, pipe("load: {volumes: heads.npy, shape: [N, 8, 8, 8], dtype: float32}", "split: {train: 0.999, test: 0.001}"))
}
