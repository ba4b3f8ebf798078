package diag

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"sync"
)

// List collects diagnostics. The zero List is empty and ready for use; Add may
// be called from several goroutines at once. What it gives back does not depend
// on the order in which diagnostics came in. A List must not be copied.
type List struct {
	mu       sync.Mutex
	items    []Diagnostic
	silenced []Silenced
	tidy     bool // items are sorted and free of repeats
	bare     bool // remarks are not taken in
}

// WithoutRemarks has the list leave out what is only a matter of style, from now
// on.
func (l *List) WithoutRemarks() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bare = true
}

// Add takes a diagnostic in.
func (l *List) Add(d Diagnostic) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bare && d.Severity == Info {
		return
	}
	l.items = append(l.items, d)
	l.tidy = false
}

// Allow is a code that somebody does not want to be told, and why; the reason may
// be empty.
type Allow struct{ Code, Reason string }

// Silenced is a diagnostic that was not told because somebody allows it.
type Silenced struct {
	Diagnostic Diagnostic
	Reason     string
}

// AddUnless takes a diagnostic in, among those silenced if it is no error and
// its code is allowed. It says whether it is to be told.
func (l *List) AddUnless(allowed []Allow, d Diagnostic) bool {
	at := slices.IndexFunc(allowed, func(a Allow) bool { return a.Code == d.Code.ID })
	if d.Severity == Error || at < 0 {
		l.Add(d)
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.silenced = append(l.silenced, Silenced{d, allowed[at].Reason})
	return false
}

// Silenced gives what was allowed, sorted as All sorts.
func (l *List) Silenced() []Silenced {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.SortStableFunc(l.silenced, func(a, b Silenced) int { return compare(a.Diagnostic, b.Diagnostic) })
	l.silenced = slices.CompactFunc(l.silenced, func(a, b Silenced) bool { return reflect.DeepEqual(a, b) })
	return slices.Clone(l.silenced)
}

// Tighten makes errors of all warnings that are to be told.
func (l *List) Tighten() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.items {
		if l.items[i].Severity == Warning {
			l.items[i].Severity = Error
		}
	}
}

// All gives the diagnostics sorted by file, line, column and code, each of them
// once. The slice is the caller's.
func (l *List) All() []Diagnostic {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.tidy {
		slices.SortStableFunc(l.items, compare)
		l.items = slices.CompactFunc(l.items, func(a, b Diagnostic) bool { return reflect.DeepEqual(a, b) })
		l.tidy = true
	}
	return slices.Clone(l.items)
}

// compare orders diagnostics by place and code. What is left after that is
// ordered by the whole content, so that the order in which workers reported
// never shows.
func compare(a, b Diagnostic) int {
	if order := cmp.Or(a.Primary.Span.Compare(b.Primary.Span), cmp.Compare(a.Code.ID, b.Code.ID), cmp.Compare(a.Primary.Label, b.Primary.Label)); order != 0 {
		return order
	}
	return cmp.Compare(fmt.Sprint(a.Record()), fmt.Sprint(b.Record()))
}

// Len counts the diagnostics, repeats once.
func (l *List) Len() int { return len(l.All()) }

// Errors counts the diagnostics that are errors, repeats once.
func (l *List) Errors() int { return l.count(Error) }

// Warnings counts the diagnostics that are warnings, repeats once.
func (l *List) Warnings() int { return l.count(Warning) }

func (l *List) count(severity Severity) int {
	n := 0
	for _, d := range l.All() {
		if d.Severity == severity {
			n++
		}
	}
	return n
}
