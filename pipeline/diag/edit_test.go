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
		{"behind a wide letter", []Edit{{span(1, 4, 1, 7), "1"}}, "ä: 1\nb: [two,\n  three]\n"},
		{"over two lines, and out of order", []Edit{{span(2, 4, 3, 9), "2"}, {span(1, 1, 1, 2), "a"}}, "a: one\nb: 2\n"},
		{"put in between", []Edit{{span(2, 1, 2, 1), "x\n"}}, "ä: one\nx\nb: [two,\n  three]\n"},
		{"at the end", []Edit{{span(4, 1, 4, 1), "c"}}, text + "c"},
		{"behind the end of a line", []Edit{{span(1, 7, 1, 99), "!"}}, "ä: one!\nb: [two,\n  three]\n"},
	} {
		if got := Apply(text, c.edits); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
