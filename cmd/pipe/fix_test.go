package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages"
)

// TestFixMendsThePages makes the changes that fix is sure of in the failing config
// of every code's page: the code must be gone, and nothing else wrong. Where no
// change is certain the file must stay as it is.
func TestFixMendsThePages(t *testing.T) {
	mended := 0
	for _, code := range stages.Codes() {
		if code.Fails == "" {
			continue
		}
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, []byte(code.Fails), 0o666); err != nil {
			t.Fatal(err)
		}
		found := func() []diag.Diagnostic {
			return slices.DeleteFunc(open(context.Background(), path, &settings{info: true}).problems.All(), func(d diag.Diagnostic) bool { return d.Code != code })
		}
		sure := slices.ContainsFunc(found(), func(d diag.Diagnostic) bool { _, why := certain(d); return why == "" })
		_, stdout, stderr := say("fix", path, "--code", code.ID)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		left := found()
		switch {
		case !sure && string(text) != code.Fails:
			t.Errorf("%s is changed, and no change is certain:\n%s%s", code.ID, stdout, stderr)
		case sure && len(left) > 0:
			t.Errorf("%s is still found:\n%s%s\n%s", code.ID, stdout, stderr, text)
		case sure:
			mended++
		}
	}
	t.Logf("%d pages are mended", mended)
	if mended < 20 {
		t.Errorf("only %d pages are mended", mended)
	}
}
