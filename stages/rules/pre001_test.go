package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

func TestPRE001FindsScaledValuesAsWholeNumbers(t *testing.T) {
	cast := func(normalize, to string) string {
		return pipe(twoHeads, "normalize: "+normalize, "cast: {dtype: "+to+"}")
	}
	flagged(t, rules.PRE001, cast("{method: min_max}", "uint8"), "uint8", "between 0 and 1 only 0 to 1")
	flagged(t, rules.PRE001, cast("{method: min_max, range: [-1, 1]}", "int16"), "int16", "between -1 and 1 only -1 to 1")
	flagged(t, rules.PRE001, cast("{method: z_score}", "int16"), "int16", "some seven whole numbers")
	healthy(t, cast("{method: min_max, range: [0, 3]}", "uint8"))
	healthy(t, cast("{method: min_max, range: [0, 255]}", "uint8"))
	healthy(t, cast("{method: min_max}", "float16"))
	healthy(t, pipe(loaded("[9, 8, 8, 8]", "float32", ""), "cast: {dtype: int16}"))
}
