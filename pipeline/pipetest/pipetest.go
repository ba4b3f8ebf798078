// Package pipetest is the test kit of those who write stages: configs whose
// comments say what must be reported, and where.
//
//	stages:
//	  - phantom
//	  - normalise # want YML009 "did you mean normalize"
//
// A comment `# want CODE "regexp"` stands in the line that the diagnostic points
// at; several pairs may follow each other. The expression is looked for in all
// that the diagnostic says. A diagnostic that no comment wants fails the test,
// like a want that nothing fulfils. A diagnostic without a line belongs to line
// 1.
package pipetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// Check checks a config without opening a data file, as `pipe check` does, and
// compares what is reported with the comments in it.
func Check(t testing.TB, language pipeline.Language, config string) *pipeline.Checked {
	t.Helper()
	return CheckFile(t, language, write(t, config))
}

// CheckFile checks the config in a file.
func CheckFile(t testing.TB, language pipeline.Language, path string) *pipeline.Checked {
	t.Helper()
	return run(t, language, path, false)
}

// PlanFile checks the config in a file with the headers, labels and ids of its
// data, as `pipe plan` does. Relative paths in it start at its folder.
func PlanFile(t testing.TB, language pipeline.Language, path string) *pipeline.Checked {
	t.Helper()
	return run(t, language, path, true)
}

// Pages checks the configs on the pages of codes: one that fails is reported
// with the page's code, and the mended one without it or any error.
func Pages(t *testing.T, language pipeline.Language, codes []*diag.Code) {
	for _, code := range codes {
		t.Run(code.ID, func(t *testing.T) {
			if code.Title == "" || code.Means == "" || len(code.Ways) == 0 {
				t.Error("the page lacks a title, a meaning or a way out")
			}
			if (code.Fails == "") != (code.Mended == "") {
				t.Error("a config that fails and the mended one come together")
			}
			if code.Fails == "" || code.Mended == "" {
				return
			}
			_, _, problems := check(language, write(t, code.Fails), false)
			if !slices.ContainsFunc(problems, func(d diag.Diagnostic) bool { return d.Code == code }) {
				t.Errorf("the config that fails is reported with:%s", all(problems))
			}
			_, _, problems = check(language, write(t, code.Mended), false)
			if slices.ContainsFunc(problems, func(d diag.Diagnostic) bool { return d.Code == code || d.Severity == diag.Error }) {
				t.Errorf("the mended config is reported with:%s", all(problems))
			}
		})
	}
}

func all(problems []diag.Diagnostic) string {
	if len(problems) == 0 {
		return " nothing"
	}
	var lines strings.Builder
	for _, d := range problems {
		fmt.Fprintf(&lines, "\n\t%s", tell(d))
	}
	return lines.String()
}

func write(t testing.TB, config string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipeline.yaml")
	if err := os.WriteFile(path, []byte(config), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func run(t testing.TB, language pipeline.Language, path string, read bool) *pipeline.Checked {
	t.Helper()
	config, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wants, err := wantsOf(string(config))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	checked, file, problems := check(language, path, read)
	for _, complaint := range compare(wants, problems, path) {
		t.Errorf("%s", complaint)
	}
	if t.Failed() && file != nil {
		t.Logf("the config:\n%s", file.Text)
	}
	return checked
}

// check takes a config through the phases up to the types.
func check(language pipeline.Language, path string, read bool) (*pipeline.Checked, *spec.File, []diag.Diagnostic) {
	var problems diag.List
	file := spec.Load(path, spec.Options{}, &problems)
	if file == nil {
		return nil, nil, problems.All()
	}
	checked := pipeline.Resolve(context.Background(), pipeline.Build(file, language, &problems), read, &problems)
	return checked, file, problems.All()
}

// want is one expectation.
type want struct {
	line int
	code string
	text string
	says *regexp.Regexp
}

var (
	wantComment = regexp.MustCompile(`#\s*want\s+(.*)$`)
	wantPair    = regexp.MustCompile(`^([A-Z]{3}[0-9]{3})\s+("(?:[^"\\]|\\.)*"|` + "`[^`]*`" + `)\s*`)
)

// wantsOf reads the comments of a config.
func wantsOf(config string) ([]want, error) {
	var wants []want
	for i, line := range strings.Split(config, "\n") {
		comment := wantComment.FindStringSubmatch(strings.TrimRight(line, "\r"))
		if comment == nil {
			continue
		}
		for rest := comment[1]; rest != ""; {
			pair := wantPair.FindStringSubmatch(rest)
			if pair == nil {
				return nil, fmt.Errorf("line %d: want a code and an expression in quotes, got %s", i+1, rest)
			}
			rest = rest[len(pair[0]):]
			text, err := strconv.Unquote(pair[2])
			if err != nil {
				return nil, fmt.Errorf("line %d: %s: %w", i+1, pair[2], err)
			}
			says, err := regexp.Compile("(?m)" + text) // one thing stands in each line
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", i+1, err)
			}
			wants = append(wants, want{line: i + 1, code: pair[1], text: text, says: says})
		}
	}
	return wants, nil
}

// compare gives what is reported and not wanted, and what is wanted and not
// reported. Each diagnostic fulfils one want.
func compare(wants []want, problems []diag.Diagnostic, path string) []string {
	var complaints []string
	left := slices.Clone(wants)
	for _, d := range problems {
		line := max(1, d.Primary.Span.Start.Line)
		i := slices.IndexFunc(left, func(w want) bool {
			return d.Primary.Span.File == path && w.line == line && w.code == d.Code.ID && w.says.MatchString(text(d))
		})
		if i < 0 {
			complaints = append(complaints, "not wanted: "+tell(d))
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, w := range left {
		complaints = append(complaints, fmt.Sprintf("not reported: line %d: %s %q", w.line, w.code, w.text))
	}
	return complaints
}

// text is all that a diagnostic says, one thing on a line.
func text(d diag.Diagnostic) string {
	lines := []string{d.Summary, d.Primary.Label}
	for _, related := range d.Related {
		lines = append(lines, related.Label)
	}
	lines = append(lines, d.Notes...)
	for _, help := range d.Help {
		lines = append(lines, help.Text)
	}
	return strings.Join(lines, "\n")
}

func tell(d diag.Diagnostic) string {
	return fmt.Sprintf("line %d: %s %s", d.Primary.Span.Start.Line, d.Code.ID, strings.ReplaceAll(text(d), "\n", " | "))
}
