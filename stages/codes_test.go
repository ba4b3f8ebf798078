package stages_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/stages"
)

// checked is a config after its check, and what the check says.
func checked(t *testing.T, config string) (*pipeline.Checked, []diag.Diagnostic) {
	t.Helper()
	c, found := resolved(t, config, false)
	return c, withoutSmells(found)
}

// planned is what is said with headers and labels read.
func planned(t *testing.T, config string) []diag.Diagnostic {
	t.Helper()
	_, found := resolved(t, config, true)
	return withoutSmells(found)
}

func resolved(t *testing.T, config string, read bool) (*pipeline.Checked, []diag.Diagnostic) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return resolvedFile(t, path, read)
}

// plannedFile is what is said of a config file with those beside it read.
func plannedFile(t *testing.T, path string) []diag.Diagnostic {
	t.Helper()
	_, found := resolvedFile(t, path, true)
	return withoutRemarks(found)
}

func resolvedFile(t *testing.T, path string, read bool) (*pipeline.Checked, []diag.Diagnostic) {
	t.Helper()
	problems := &diag.List{}
	file := spec.Load(path, spec.Options{}, problems)
	if file == nil {
		return nil, problems.All()
	}
	c := pipeline.Resolve(t.Context(), pipeline.Build(file, stages.Language(), problems), read, problems)
	return c, problems.All()
}

// withoutSmells leaves out warnings about how networks and trainings usually
// look: those of tests on other things are as small as can be.
func withoutSmells(found []diag.Diagnostic) []diag.Diagnostic {
	return slices.DeleteFunc(withoutRemarks(found), func(d diag.Diagnostic) bool {
		return d.Severity != diag.Error && (strings.HasPrefix(d.Code.ID, "ARC") || strings.HasPrefix(d.Code.ID, "TRN") || d.Code.ID == "DAT014")
	})
}

// withoutRemarks leaves out what is shown only to those who ask for it.
func withoutRemarks(found []diag.Diagnostic) []diag.Diagnostic {
	return slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return d.Severity == diag.Info })
}

func TestEveryCodeHasAPage(t *testing.T) {
	seen := make(map[string]bool)
	for _, code := range stages.Codes() {
		if seen[code.ID] {
			t.Errorf("%s is declared twice", code.ID)
		}
		seen[code.ID] = true
		if code.Title == "" || code.Means == "" || len(code.Ways) == 0 {
			t.Errorf("%s has no whole page: title, meaning and ways out", code.ID)
		}
		if (code.Fails == "") != (code.Mended == "") {
			t.Errorf("%s shows only one of the failing config and the mended one", code.ID)
		}
	}
}

// TestThePagesFailAndAreMended: the config on a page gets its code from the check
// or, where the first steps or the voxels have to show it, from the doctor; of the
// mended one neither says anything but remarks on other matters.
func TestThePagesFailAndAreMended(t *testing.T) {
	for _, code := range stages.Codes() {
		if code.Fails == "" {
			continue
		}
		t.Run(code.ID, func(t *testing.T) {
			t.Parallel()
			_, found := resolved(t, code.Fails, false)
			look := func(config string) []diag.Diagnostic { _, found := resolved(t, config, false); return found }
			if !tells(found, code) && !slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Severity == diag.Error }) {
				look = func(config string) []diag.Diagnostic { found, _ := examined(t, t.TempDir(), config); return found }
				found = look(code.Fails)
			}
			if !tells(found, code) {
				t.Errorf("the failing config does not fail: %v", summaries(found))
			}
			others := func(d diag.Diagnostic) bool { return d.Severity == diag.Info && d.Code != code }
			if found := slices.DeleteFunc(look(code.Mended), others); len(found) > 0 {
				t.Errorf("the mended config is refused: %v", summaries(found))
			}
		})
	}
}

func tells(found []diag.Diagnostic, code *diag.Code) bool {
	return slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == code })
}

func summaries(found []diag.Diagnostic) []string {
	lines := make([]string, len(found))
	for i, d := range found {
		lines[i] = d.Code.ID + " " + d.Primary.Span.String() + ": " + d.Primary.Label
	}
	return lines
}
