package layers

import "testing"

// TestElsewhere: a name that is habit elsewhere leads to the layer that does the
// same, not to one that is spelt alike.
func TestElsewhere(t *testing.T) {
	for ours, theirs := range map[string]string{
		"average_pool3d": "avg_pool3d", "global_average_pool3d": "global_avg_pool3d", "spatial_dropout3d": "dropout3d", "silu": "swish",
	} {
		found := false
		for _, name := range Table().Elsewhere(ours) {
			found = found || name == theirs
		}
		if !found {
			t.Errorf("%s does not lead to %s", theirs, ours)
		}
	}
	if names := Activations().Elsewhere("silu"); len(names) != 1 || names[0] != "swish" {
		t.Errorf("silu is called %v elsewhere", names)
	}
	if other, _ := Table().MistakenFor("linear"); other != "dense" {
		t.Errorf("linear with the settings of a layer is taken for %q", other)
	}
	if other, ok := Table().MistakenFor("relu"); ok {
		t.Errorf("relu is taken for %s", other)
	}
	if names := Table().Elsewhere("flatten"); names != nil {
		t.Errorf("flatten is called %v elsewhere", names)
	}
}
