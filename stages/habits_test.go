package stages_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/stages"
)

// TestHabits: what other programs have a setting for gets the way to it here, and
// where a kind of ours has such a setting, or something near, that comes first.
func TestHabits(t *testing.T) {
	for written, want := range map[string]string{
		"data_format: channels_first": "every layer takes the channels last",
		"input_shape: [8, 8, 8, 1]":   "the first layer takes what the dataset gives",
		"inputShape: [8, 8, 8, 1]":    "the first layer takes what the dataset gives",
		"validation_split: 0.2":       "remove the key", // of train alone
		"kernel: 3":                   "did you mean kernel_size?",
	} {
		path := filepath.Join(t.TempDir(), "config.yaml")
		text := "version: 1\nstages:\n  - phantom: {samples: 8}\n  - model: {layers: [{conv3d: {filters: 2, kernel_size: 3, " + written + "}}]}\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		problems := &diag.List{}
		pipeline.Build(spec.Load(path, spec.Options{}, problems), stages.Language(), problems)
		found := problems.All()
		if len(found) != 1 || len(found[0].Help) != 1 || !strings.Contains(found[0].Help[0].Text, want) {
			t.Errorf("%s: %v", written, found)
		}
	}
}
