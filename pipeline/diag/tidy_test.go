package diag

import (
	"strings"
	"testing"
)

func TestTidy(t *testing.T) {
	for _, c := range []struct{ name, text, cut, put, want string }{
		{"a setting on its line", "a: 1 # one\nb: 2 # two\nc: 3\n", "b: 2", "", "a: 1 # one\nc: 3\n"},
		{"the last line, without an end", "a: 1\n  b: 2", "b: 2", "", "a: 1\n"},
		{"an item of a list", "- a\n  - relu\n- c\n", "relu", "", "- a\n- c\n"},
		{"an item over two lines", "- a\n- b:\n    c: 1\n- d\n", "b:\n    c: 1", "", "- a\n- d\n"},
		{"in front of a comma", "{a: 1, b: 2}", "a: 1", "", "{b: 2}"},
		{"behind a comma", "{a: 1, b: 2}", "b: 2", "", "{a: 1}"},
		{"a comma a line before", "{a: 1,\n b: 2}", "b: 2", "", "{a: 1}"},
		{"alone in brackets", "[a]", "a", "", "[]"},
		{"a line behind a comment", "- a # one\n- b\n", " # one", "", "- a\n- b\n"},
		{"line ends of the text", "a: ä\r\nb: 2\r\n", "b: 2", "b:\n  c", "a: ä\r\nb:\r\n  c\r\n"},
		{"a line of the text", "a: 1\r\nb: 2\r\n", "a: 1", "", "b: 2\r\n"},
	} {
		at := strings.Index(c.text, c.cut)
		edits := []Edit{{Span: Span{Start: PositionAt(c.text, at), End: PositionAt(c.text, at+len(c.cut))}, Text: c.put}}
		if got := Apply(c.text, Tidy(c.text, edits)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTidyTakesNeighboursAwayTogether(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"[a, b, c]", "[a]"}, {"[b, c, a]", "[a]"}, {"[b, c]", "[]"}, {"[b, a, c]", "[a]"}, {"- a\n- b\n- c\n", "- a\n"}, {"- b # b\n- c # c\n- a\n", "- a\n"},
	} {
		var edits []Edit
		for _, word := range []string{"c", "b"} {
			at := strings.Index(c.text, word)
			edits = append(edits, Edit{Span: Span{Start: PositionAt(c.text, at), End: PositionAt(c.text, at+1)}})
		}
		if got := Apply(c.text, Tidy(c.text, edits)); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.text, got, c.want)
		}
	}
}

func TestTidyBeginsALineBehindTheComment(t *testing.T) {
	at := Span{Start: Position{1, 4}, End: Position{1, 4}}
	for text, want := range map[string]string{
		"- a # one\n- b\n": "- a # one\n- x\n- b\n", "- a": "- a\n- x", "- a\r\n- b\r\n": "- a\r\n- x\r\n- b\r\n", "- a: 1\n": "- a\n- x: 1\n",
	} {
		if got := Apply(text, Tidy(text, []Edit{{Span: at, Text: "\n- x"}})); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestPositionAtIsTheInverseOfOffset(t *testing.T) {
	text := "ä: one\nb: [two,\n  three]\n"
	for offset := range text {
		if got := Offset(text, PositionAt(text, offset)); got != offset {
			t.Errorf("byte %d comes back as %d", offset, got)
		}
	}
}
