package spec

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// TestMeant: a name of another program leads to ours, mended where it is sure; one
// that may be several of ours is asked; and what is only near is not mended.
func TestMeant(t *testing.T) {
	known := []string{"max_pool3d", "average_pool3d", "one_loss", "other_loss", "learning_rate"}
	elsewhere := func(name string) []string {
		return map[string][]string{"average_pool3d": {"avg_pool3d"}, "one_loss": {"loss"}, "other_loss": {"loss"}}[name]
	}
	at := diag.Span{File: "a.yaml"}
	for _, c := range []struct {
		written, help, becomes string
	}{
		{"AvgPool3d", "did you mean average_pool3d?", "average_pool3d"},
		{"MaxPool3D", "did you mean max_pool3d?", "max_pool3d"},
		{"max_pol3d", "did you mean max_pool3d?", "max_pool3d"},
		{"min_pool3d", "did you mean max_pool3d?", ""},
		{"Loss", "write the one that fits", ""},
		{"nothing", "", ""},
	} {
		d, ok := meant(diag.New(YML009, at, "no layer"), c.written, at, known, elsewhere)
		if ok != (c.help != "") {
			t.Errorf("%s is meant: %v", c.written, ok)
		}
		help, becomes := "", ""
		for _, way := range d.Help {
			help += way.Text
			for _, edit := range way.Edits {
				becomes += edit.Text
			}
		}
		if !strings.HasPrefix(help, c.help) || becomes != c.becomes {
			t.Errorf("%s: %q, and it becomes %q; want %q and %q", c.written, help, becomes, c.help, c.becomes)
		}
		if c.written == "Loss" && !strings.Contains(strings.Join(d.Notes, " "), "one_loss or other_loss") {
			t.Errorf("%s does not say what it may be: %v", c.written, d.Notes)
		}
	}
}
