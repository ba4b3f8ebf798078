// Package diag is the form of every message about a config and what it names:
// a permanent code, the place where the change most likely belongs, the places
// where the facts were decided, and the ways out.
//
// A diagnostic is a value that says nothing about how it is shown. [Text]
// renders a list for people, [Records] for programs; both show the same facts in
// the same order.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// Position is a place in a text. Both numbers count from 1; a column is one
// rune, whatever its width on the screen. The zero Position is no place.
type Position struct{ Line, Column int }

// Compare orders positions as a reader meets them.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Span is a stretch of one file. End is exclusive, so an empty stretch has End
// equal to Start. A Span with a file alone means the file as a whole; the zero
// Span is no place.
type Span struct {
	File       string
	Start, End Position
}

// HasPlace says whether the span points into a text, rather than at a whole
// file or nowhere.
func (s Span) HasPlace() bool { return s.Start.Line > 0 }

// String gives the place as file:line:column, as far as it is known.
func (s Span) String() string {
	if !s.HasPlace() {
		return s.File
	}
	return s.File + ":" + strconv.Itoa(s.Start.Line) + ":" + strconv.Itoa(s.Start.Column)
}

// Compare orders spans by file, then by their start, then by their end.
func (s Span) Compare(t Span) int {
	return cmp.Or(cmp.Compare(s.File, t.File), s.Start.Compare(t.Start), s.End.Compare(t.End))
}

// Severity is how much a diagnostic matters.
type Severity uint8

// An Error cannot be right; a Warning is usually wrong; an Info is shown only
// when asked for.
const (
	Error Severity = iota
	Warning
	Info
)

// String gives "error", "warning" or "info".
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	case Info:
		return "info"
	}
	panic(fmt.Sprintf("diag: severity %d", uint8(s)))
}

// MarshalText makes the severity appear as its word in JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word back.
func (s *Severity) UnmarshalText(text []byte) error {
	for _, severity := range []Severity{Error, Warning, Info} {
		if string(text) == severity.String() {
			*s = severity
			return nil
		}
	}
	return fmt.Errorf("unknown severity %q: want error, warning or info", text)
}

// Place is a span and what there is to say about it, in a few words.
type Place struct {
	Span  Span
	Label string
}

// Edit replaces the text of a span.
type Edit struct {
	Span Span
	Text string
	// Moved is a span whose text is put behind Text, none if it is zero. What takes it
	// out of where it stands is an edit of its own.
	Moved Span
}

// Help is a way out: a verb phrase, with the edits where they are certain.
type Help struct {
	Text  string
	Edits []Edit
}

// Diagnostic is one problem. Primary is where the change most likely belongs,
// Related where the facts were decided; Notes are whole sentences.
//
// A Diagnostic is built with [New] and the methods that follow it, each of
// which returns the diagnostic with something added and leaves its receiver as
// it was.
type Diagnostic struct {
	Code     *Code
	Severity Severity
	Summary  string
	Primary  Place
	Related  []Place
	Notes    []string
	Help     []Help
}

// New starts a diagnostic whose summary and severity are the code's.
func New(code *Code, span Span, label string) Diagnostic {
	return Diagnostic{
		Code:     code,
		Severity: code.Severity,
		Summary:  code.Title,
		Primary:  Place{Span: span, Label: label},
	}
}

// With adds places where the facts were decided. A place that points nowhere
// is left out, so that callers need not ask.
func (d Diagnostic) With(places ...Place) Diagnostic {
	d.Related = slices.Clone(d.Related)
	for _, place := range places {
		if place.Span != (Span{}) {
			d.Related = append(d.Related, place)
		}
	}
	return d
}

// And adds one place where a fact was decided.
func (d Diagnostic) And(span Span, label string) Diagnostic {
	return d.With(Place{Span: span, Label: label})
}

// Note adds a sentence.
func (d Diagnostic) Note(format string, args ...any) Diagnostic {
	d.Notes = append(slices.Clone(d.Notes), fmt.Sprintf(format, args...))
	return d
}

// Suggest adds a way out, likeliest first.
func (d Diagnostic) Suggest(text string, edits ...Edit) Diagnostic {
	d.Help = append(slices.Clone(d.Help), Help{Text: text, Edits: edits})
	return d
}

// As gives the diagnostic another severity than its code's.
func (d Diagnostic) As(severity Severity) Diagnostic {
	d.Severity = severity
	return d
}

// Sources finds the text of a file that a span names, so that a renderer can
// show the line. It says false where it has no such text.
type Sources interface {
	Source(file string) (text string, ok bool)
}
