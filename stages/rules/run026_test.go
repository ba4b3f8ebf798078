package rules

import (
	"slices"
	"testing"
)

// A training whose validation was best long ago does not need more epochs.
func TestRUN026(t *testing.T) {
	for name, c := range map[string]struct {
		log  string
		want bool
	}{
		"no validation":               {"epoch,loss,accuracy\n1,1.10,0.33\n2,1.00,0.42\n3,0.90,0.50\n4,0.80,0.60", true},
		"validation follows":          {"epoch,loss,accuracy,val_loss\n1,1.10,0.33,1.1\n2,1.00,0.42,1.05\n3,0.90,0.50,0.98\n4,0.80,0.60,0.9", true},
		"validation was best before":  {"epoch,loss,accuracy,val_loss\n1,1.10,0.33,0.95\n2,1.00,0.42,0.9\n3,0.90,0.50,0.97\n4,0.80,0.60,0.98", false},
		"a fall of less":              {"epoch,loss,accuracy\n1,1.10,0.33\n2,1.00,0.42\n3,0.90,0.50\n4,0.86,0.60", false},
		"an accuracy that is no good": {"epoch,loss,accuracy\n1,1.10,0.33\n2,1.00,0.42\n3,0.90,0.50\n4,0.80,0.79", true},
		"an accuracy that is good":    {"epoch,loss,accuracy\n1,1.10,0.33\n2,1.00,0.42\n3,0.90,0.50\n4,0.80,0.80", false},
	} {
		if found := codes(t, c.log, nil); slices.Contains(found, "RUN026") != c.want {
			t.Errorf("%s: %v", name, found)
		}
	}
}
