package diag

import "testing"

func TestApply(t *testing.T) {
	span := func(line, column, endLine, endColumn int) Span {
		return Span{Start: Position{line, column}, End: Position{endLine, endColumn}}
	}
	text := "ä: one\nb: [two,\n  three]\n"
	for _, c := range []struct {
		name  string
		edits []Edit
		want  string
	}{
		{"none", nil, text},
		{"behind a wide letter", []Edit{{Span: span(1, 4, 1, 7), Text: "1"}}, "ä: 1\nb: [two,\n  three]\n"},
		{"over two lines, and out of order", []Edit{{Span: span(2, 4, 3, 9), Text: "2"}, {Span: span(1, 1, 1, 2), Text: "a"}}, "a: one\nb: 2\n"},
		{"put in between", []Edit{{Span: span(2, 1, 2, 1), Text: "x\n"}}, "ä: one\nx\nb: [two,\n  three]\n"},
		{"at the end", []Edit{{Span: span(4, 1, 4, 1), Text: "c"}}, text + "c"},
		{"behind the end of a line", []Edit{{Span: span(1, 7, 1, 99), Text: "!"}}, "ä: one!\nb: [two,\n  three]\n"},
		{"moved", []Edit{{Span: span(1, 7, 1, 7), Text: " ", Moved: span(2, 5, 2, 8)}, {Span: span(2, 5, 2, 9)}}, "ä: one two\nb: [\n  three]\n"},
	} {
		if got := Apply(text, c.edits); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
