package rules_test

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
	"github.com/voxelpipe/pipe/stages/rules"
)

// check gives what a config's check says, without any file being read.
func check(t *testing.T, config string) []diag.Diagnostic {
	t.Helper()
	return resolve(t, config, false)
}

// plan gives what is said with headers and labels read; the config stands in
// the folder.
func plan(t *testing.T, folder, config string) []diag.Diagnostic {
	t.Helper()
	return resolveIn(t, folder, config, true)
}

func resolve(t *testing.T, config string, read bool) []diag.Diagnostic {
	t.Helper()
	return resolveIn(t, t.TempDir(), config, read)
}

// resolveIn leaves SPL009 out: the configs of these tests split nothing off.
func resolveIn(t *testing.T, folder, config string, read bool) []diag.Diagnostic {
	t.Helper()
	return slices.DeleteFunc(everything(t, folder, config, read), func(d diag.Diagnostic) bool { return d.Code == rules.SPL009.Code })
}

func everything(t *testing.T, folder, config string, read bool) []diag.Diagnostic {
	t.Helper()
	path := filepath.Join(folder, "config.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	problems := &diag.List{}
	file := spec.Load(path, spec.Options{}, problems)
	if file != nil {
		pipeline.Resolve(t.Context(), pipeline.Build(file, stages.Language(), problems), read, problems)
	}
	return problems.All()
}

// pipe writes a config with the given stages.
func pipe(items ...string) string {
	return "version: 1\nstages:\n  - " + strings.Join(items, "\n  - ") + "\n"
}

// body is the start of a small network; head writes its last layers.
const body = "{conv3d: {filters: 4, kernel_size: 3, activation: relu}}, global_average_pool3d, "

func model(head string) string { return "model: {layers: [" + body + head + "]}" }

func training(settings string) string { return "train: {optimizer: adam, epochs: 9, " + settings + "}" }

const (
	twoHeads   = "phantom: {samples: 40, size: [8, 8, 8]}"
	threeHeads = "phantom: {samples: 40, size: [8, 8, 8], classes: 3}"
	// The same with the channel axis that a convolution takes.
	twoVolumes   = twoHeads + channel
	threeVolumes = threeHeads + channel
	channel      = "\n  - reshape: {expand_dims: -1}"
	masks        = "load: {volumes: heads.npy, labels: masks.npy, shape: [40, 8, 8, 8, 1], dtype: float32, label_kind: mask}"
	ages         = "load: {volumes: heads.npy, labels: ages.npy, shape: [40, 8, 8, 8, 1], dtype: float32, label_kind: real}"
)

// flagged fails unless exactly one problem is found, remarks of other rules aside: the
// rule's, with a label and a place in the text as wanted. At is what the primary place
// has to cover.
func flagged(t *testing.T, rule *rules.Rule, config, at, label string) diag.Diagnostic {
	t.Helper()
	found := check(t, config)
	if !smell(rule.Code.ID) {
		found = withoutSmells(found)
	}
	found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return d.Severity == diag.Info && d.Code != rule.Code })
	if len(found) != 1 {
		t.Fatalf("want %s alone, got:\n%s\nin\n%s", rule.Code.ID, told(found), config)
	}
	d := found[0]
	if d.Code != rule.Code {
		t.Errorf("want %s, got:\n%s", rule.Code.ID, told(found))
	}
	if covered := text(config, d.Primary.Span); covered != at {
		t.Errorf("%s points at %q, want %q", rule.Code.ID, covered, at)
	}
	if !strings.Contains(d.Primary.Label, label) {
		t.Errorf("%s says %q, want %q in it", rule.Code.ID, d.Primary.Label, label)
	}
	for _, help := range d.Help {
		if len(help.Edits) > 0 {
			if mended := check(t, edited(config, help.Edits)); slices.ContainsFunc(mended, func(m diag.Diagnostic) bool { return m.Code == rule.Code }) {
				t.Errorf("%s: the edit %q does not help:\n%s", rule.Code.ID, help.Text, told(mended))
			}
		}
	}
	return d
}

// healthy fails if anything is said of a config.
func healthy(t *testing.T, config string) {
	t.Helper()
	if found := withoutSmells(check(t, config)); len(found) > 0 {
		t.Errorf("a healthy config is refused:\n%s\nin\n%s", told(found), config)
	}
}

// spotless fails if anything at all is said of a config.
func spotless(t *testing.T, config string) {
	t.Helper()
	if found := check(t, config); len(found) > 0 {
		t.Errorf("a healthy config is refused:\n%s\nin\n%s", told(found), config)
	}
}

// smell says whether a code is about how a network or a training usually looks.
// The networks of tests on other rules are as small as can be, and smell.
func smell(code string) bool {
	return strings.HasPrefix(code, "ARC") || strings.HasPrefix(code, "TRN") || code == "DAT014"
}

func withoutSmells(found []diag.Diagnostic) []diag.Diagnostic {
	return slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool { return d.Severity != diag.Error && smell(d.Code.ID) })
}

func told(found []diag.Diagnostic) string {
	var lines []string
	for _, d := range found {
		lines = append(lines, d.Severity.String()+" "+d.Code.ID+" "+d.Primary.Span.String()+": "+d.Primary.Label)
	}
	return strings.Join(lines, "\n")
}

// text is the part of a config that a span in one line covers.
func text(config string, s diag.Span) string {
	from, to := offset(config, s.Start), offset(config, s.End)
	return config[from:to]
}

func edited(config string, edits []diag.Edit) string {
	return diag.Apply(config, diag.Tidy(config, edits))
}

func offset(config string, p diag.Position) int {
	at := 0
	for range p.Line - 1 {
		at += strings.Index(config[at:], "\n") + 1
	}
	return at + p.Column - 1
}
