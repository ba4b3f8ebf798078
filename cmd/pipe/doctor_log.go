package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// logSite takes findings in a log: they stand at its lines.
type logSite struct {
	l     *rules.Log
	found *diag.List
}

// At is the last epoch's line.
func (s *logSite) At(...string) diag.Span { return s.l.Place(s.l.Lines[len(s.l.Rows)-1]) }

// Given is false: a log has no settings.
func (*logSite) Given(...string) bool { return false }

// Report takes a finding.
func (s *logSite) Report(d diag.Diagnostic) { s.found.Add(d) }

// ReportUnless takes a finding: nothing is allowed in a log.
func (s *logSite) ReportUnless(_ []diag.Allow, d diag.Diagnostic) { s.Report(d) }

// lineOf is a whole line of a text.
func lineOf(name, text string, line int) diag.Span {
	lines := strings.SplitN(text, "\n", line+1)
	end := 1
	if line <= len(lines) {
		end = 1 + utf8.RuneCountInString(strings.TrimRight(lines[line-1], "\r"))
	}
	return diag.Span{File: name, Start: diag.Position{Line: line, Column: 1}, End: diag.Position{Line: line, Column: end}}
}

// fileTexts are files by their names.
type fileTexts map[string]string

// Source finds the text of a file.
func (t fileTexts) Source(file string) (string, bool) {
	text, ok := t[file]
	return text, ok
}

// readAll reads up to so many bytes.
func readAll(r io.Reader, most int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("it is longer than %d MiB", most>>20)
	}
	return text, err
}
