package loss

import "testing"

// TestManuals: every loss has a text, and is a Loss whose defaults are a mean
// from probabilities.
func TestManuals(t *testing.T) {
	for _, k := range Table().Kinds() {
		if _, err := Table().Manual(k.Name); err != nil {
			t.Error(err)
		}
		l, ok := k.New().(Loss)
		if !ok {
			t.Errorf("%s is no Loss", k.Name)
			continue
		}
		if !l.Averages() || l.FromLogits() {
			t.Errorf("%s: its defaults average: %t, from scores: %t", k.Name, l.Averages(), l.FromLogits())
		}
	}
}
