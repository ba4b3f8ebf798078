package diag

import (
	"strings"
)

// Tidy makes edits fit into the text around them. An edit that takes something
// away takes its lines too if nothing else is on them but a dash and a comment,
// else the comma beside it. Line ends become those of the text.
func Tidy(text string, edits []Edit) []Edit {
	tidy := make([]Edit, len(edits))
	for i, e := range edits {
		switch {
		case e.Text == "":
			e.Span.Start, e.Span.End = emptied(text, e.Span)
		case strings.Contains(text, "\r\n"):
			e.Text = strings.ReplaceAll(strings.ReplaceAll(e.Text, "\r\n", "\n"), "\n", "\r\n")
		}
		tidy[i] = e
	}
	return tidy
}

// emptied is the stretch to cut out with a span.
func emptied(text string, s Span) (start, end Position) {
	from, to := Offset(text, s.Start), Offset(text, s.End)
	lineStart := strings.LastIndexByte(text[:from], '\n') + 1
	lineEnd := len(text)
	if next := strings.IndexByte(text[to:], '\n'); next >= 0 {
		lineEnd = to + next + 1
	}
	before := strings.TrimSpace(text[lineStart:from])
	behind := strings.TrimSpace(text[to:lineEnd])
	alone := behind == "" || strings.HasPrefix(behind, "#")
	switch {
	case alone && (before == "" || before == "-"):
		from, to = lineStart, lineEnd
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
