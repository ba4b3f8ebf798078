package stages_test

import "testing"

// Sizes that no machine holds are refused where they stand: reckoning with them
// takes minutes, or runs over the end of an int.
func TestModelBoundless(t *testing.T) {
	for _, c := range []struct{ layer, at string }{
		{"conv3d: {filters: 9223372036854775807, kernel_size: 3, padding: same, activation: relu}", "9223372036854775807"},
		{"conv3d: {filters: 4611686018427387904, kernel_size: 3, padding: same, activation: relu}", "4611686018427387904"},
		{"conv3d: {filters: 1000000000000, kernel_size: 1}", "1000000000000"},
		{"upsample3d: {size: 1000000}", "1000000"},
	} {
		if _, at := refused(t, onHeads(c.layer), "YML131"); at != c.at {
			t.Errorf("%s: it points at %q", c.layer, at)
		}
	}
}
