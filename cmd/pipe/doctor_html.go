package main

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

//go:embed doctor.html
var doctorPage string

// doctorTemplate is the report as a page that needs nothing else.
var doctorTemplate = template.Must(template.New("doctor").Parse(doctorPage))

// htmlFinding is a finding on the page.
type htmlFinding struct {
	Number int
	diag.Record
	// Place is where it is, Shown the lines with their marks, as in the text.
	Place, Shown string
	// Why is why it matters.
	Why string
}

// writeHTML writes the report as a page.
func (x *examination) writeHTML(w io.Writer, answer string, ordered []diag.Diagnostic) error {
	page := struct {
		Title, Answer, Counts, Looked, Version string
		Findings                               []htmlFinding
		Facts                                  []stageFacts
	}{"log", answer, x.counts(), x.looked, versionLine(), nil, x.facts}
	if x.config != nil {
		page.Title = x.config.path
	}
	for i, d := range ordered {
		page.Findings = append(page.Findings, htmlFinding{
			Number: i + 1, Record: d.Record(), Place: d.Primary.Span.String(), Shown: x.snippet(d), Why: d.Code.Why,
		})
	}
	return doctorTemplate.Execute(w, page)
}

// snippet is the part of the text form that shows the lines of the files.
func (x *examination) snippet(d diag.Diagnostic) string {
	d.Notes, d.Help = nil, nil
	var text strings.Builder
	diag.One(&text, d, x, false)
	_, lines, _ := strings.Cut(text.String(), "\n")
	return strings.TrimRight(lines, "\n |")
}
