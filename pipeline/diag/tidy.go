package diag

import (
	"slices"
	"strings"
)

// Tidy makes edits fit into the text around them. An edit that takes something
// away takes its lines too if nothing else is on them but a dash and a comment,
// else the comma beside it. One that begins a line goes behind the comment that
// ends the line it stands in, and what it moves takes its own comment along. Line
// ends become those of the text, and what is moved is written out.
func Tidy(text string, edits []Edit) []Edit {
	edits = joined(text, edits)
	tidy := make([]Edit, len(edits))
	for i, e := range edits {
		if e.Text == "" && e.Moved == (Span{}) {
			e.Span.Start, e.Span.End = emptied(text, e.Span)
		}
		if e.Span.Start == e.Span.End && strings.HasPrefix(e.Text, "\n") {
			e.Span.Start = lineEnd(text, e.Span.Start)
			e.Span.End = e.Span.Start
			if e.Moved != (Span{}) {
				e.Moved.End = lineEnd(text, e.Moved.End)
			}
		}
		if strings.Contains(text, "\r\n") {
			e.Text = strings.ReplaceAll(strings.ReplaceAll(e.Text, "\r\n", "\n"), "\n", "\r\n")
		}
		e.Text, e.Moved = e.Text+text[Offset(text, e.Moved.Start):Offset(text, e.Moved.End)], Span{}
		tidy[i] = e
	}
	return tidy
}

// joined sorts edits, and makes one of those that take away neighbours: the sign
// between two goes once.
func joined(text string, edits []Edit) []Edit {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int { return a.Span.Compare(b.Span) })
	var all []Edit
	for _, e := range edits {
		if last := len(all) - 1; last >= 0 && e.Text == "" && all[last].Text == "" && all[last].Span.File == e.Span.File {
			from, to := Offset(text, all[last].Span.End), Offset(text, e.Span.Start)
			if from >= to || strings.Trim(text[from:to], " \t\r\n,-") == "" {
				all[last].Span.End = e.Span.End
				continue
			}
		}
		all = append(all, e)
	}
	return all
}

// emptied is the stretch to cut out with a span.
func emptied(text string, s Span) (start, end Position) {
	from, to := Offset(text, s.Start), Offset(text, s.End)
	lineStart := strings.LastIndexByte(text[:from], '\n') + 1
	next := len(text)
	if feed := strings.IndexByte(text[to:], '\n'); feed >= 0 {
		next = to + feed + 1
	}
	before := strings.TrimSpace(text[lineStart:from])
	behind := strings.TrimSpace(text[to:next])
	alone := behind == "" || strings.HasPrefix(behind, "#")
	switch {
	case alone && (before == "" || before == "-"):
		from, to = lineStart, next
	case strings.HasPrefix(behind, ","):
		to += strings.IndexByte(text[to:], ',') + 1
		for to < len(text) && text[to] == ' ' {
			to++
		}
	default:
		if kept := strings.TrimRight(text[:from], " \t\r\n"); strings.HasSuffix(kept, ",") {
			from = len(kept) - 1
		}
	}
	return PositionAt(text, from), PositionAt(text, to)
}

// lineEnd is the end of a line if nothing but a comment follows the position, else
// the position itself.
func lineEnd(text string, at Position) Position {
	from := Offset(text, at)
	rest, _, _ := strings.Cut(text[from:], "\n")
	rest = strings.TrimSuffix(rest, "\r")
	if behind := strings.TrimSpace(rest); behind != "" && !strings.HasPrefix(behind, "#") {
		return at
	}
	return PositionAt(text, from+len(rest))
}
