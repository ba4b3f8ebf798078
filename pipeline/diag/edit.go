package diag

import (
	"cmp"
	"slices"
	"strings"
)

// Apply makes edits in a text: each span is replaced. Spans must lie in the text
// and not overlap; the files that they name are not looked at.
func Apply(text string, edits []Edit) string {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int {
		return cmp.Or(a.Span.Start.Compare(b.Span.Start), a.Span.End.Compare(b.Span.End))
	})
	var out strings.Builder
	done := 0
	for _, e := range edits {
		from, to := Offset(text, e.Span.Start), Offset(text, e.Span.End)
		out.WriteString(text[done:from] + e.Text + text[Offset(text, e.Moved.Start):Offset(text, e.Moved.End)])
		done = to
	}
	return out.String() + text[done:]
}

// Offset is the byte of a text at a position; the end of the line, or of the
// text, for one behind it.
func Offset(text string, p Position) int {
	at := 0
	for range p.Line - 1 {
		next := strings.IndexByte(text[at:], '\n')
		if next < 0 {
			return len(text)
		}
		at += next + 1
	}
	column := 1
	for i, char := range text[at:] {
		if column == p.Column || char == '\n' {
			return at + i
		}
		column++
	}
	return len(text)
}

// PositionAt is the position of a byte of a text, the inverse of [Offset].
func PositionAt(text string, offset int) Position {
	lineStart := strings.LastIndexByte(text[:offset], '\n') + 1
	return Position{
		Line:   strings.Count(text[:lineStart], "\n") + 1,
		Column: len([]rune(text[lineStart:offset])) + 1,
	}
}
