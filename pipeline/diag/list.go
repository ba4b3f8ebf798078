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
	mu    sync.Mutex
	items []Diagnostic
	tidy  bool // items are sorted and free of repeats
}

// Add takes a diagnostic in.
func (l *List) Add(d Diagnostic) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.items = append(l.items, d)
	l.tidy = false
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
	return cmp.Compare(fmt.Sprint(a.record()), fmt.Sprint(b.record()))
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
