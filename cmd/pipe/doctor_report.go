package main

import (
	"cmp"
	"fmt"
	"io"

	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// Source finds the text that a finding points into.
func (x *examination) Source(file string) (string, bool) {
	if text, ok := x.texts.Source(file); ok {
		return text, true
	}
	if x.config == nil {
		return "", false
	}
	return x.config.Source(file)
}

// tellExamination gives the report.
func (a *app) tellExamination(x *examination, d *doctoring) error {
	ordered, symptom := rules.Diagnose(x.found.All(), x.shown)
	answer := rules.Answer(ordered, symptom)
	var err error
	switch d.format.value {
	case "json":
		records := make([]diag.Record, len(ordered))
		for i, finding := range ordered {
			records[i] = finding.Record()
		}
		err = a.giveJSON(report{"diagnostics": records, "answer": answer, "looked_at": x.looked, "first_steps": x.facts, "allowed": diag.AllowedRecords(x.problems())})
	case "html":
		err = x.writeHTML(a.out, answer, ordered)
	default:
		x.writeText(a.out, answer, ordered)
	}
	if err == nil && x.found.Errors() > 0 {
		err = &shown{cmp.Or(x.refused, runCode(x.found))}
	}
	return err
}

// problems are those of the config; none without one.
func (x *examination) problems() *diag.List {
	if x.config == nil {
		return &diag.List{}
	}
	return x.config.problems
}

// writeText writes the report for people: the answer, then the findings, the
// most telling first.
func (x *examination) writeText(w io.Writer, answer string, ordered []diag.Diagnostic) {
	if answer != "" {
		fmt.Fprintf(w, "%s\n\n", answer)
	}
	if len(ordered) == 0 {
		fmt.Fprintf(w, "Nothing is found. Looked at: %s.\n", x.looked)
		x.writeFacts(w)
		return
	}
	fmt.Fprintf(w, "%s; looked at: %s.\n", x.counts(), x.looked)
	for i, finding := range ordered {
		fmt.Fprintf(w, "\n%d. ", i+1)
		diag.One(w, finding, x, false)
	}
	x.writeFacts(w)
}

// writeFacts writes what the first steps showed.
func (x *examination) writeFacts(w io.Writer) {
	for _, s := range x.facts {
		if len(s.Facts) == 0 {
			continue
		}
		fmt.Fprintf(w, "\nWhat the first steps of %s showed:\n", s.Stage)
		for _, fact := range s.Facts {
			fmt.Fprintf(w, "  - %s\n", fact)
		}
	}
}

// counts says "2 errors, 1 warning, the most telling first".
func (x *examination) counts() string {
	text := diag.Count(x.found)
	if x.found.Len() > 1 {
		text += ", the most telling first"
	}
	return text
}
