package spec

import (
	"fmt"
	"regexp"
	"strings"
)

// Render writes a tree as YAML, the same for the same tree: two spaces for each
// level, lists of plain values in brackets, text in double quotes where it would
// be read as something else. [Parse] reads the same tree back.
func Render(n *Node) string {
	if n == nil {
		return ""
	}
	var w writer
	switch {
	case n.Form == Map && len(n.Entries) > 0:
		w.entries(n, 0)
	case n.Form == List && !flat(n):
		w.items(n, 0)
	default:
		w.inline(n)
		w.WriteByte('\n')
	}
	return w.String()
}

// Inline writes a tree as YAML in one line, maps in braces and lists in brackets.
func Inline(n *Node) string {
	var w writer
	w.inline(n)
	return w.String()
}

type writer struct{ strings.Builder }

// flat says whether a part fits behind a key: a scalar, or a list of scalars.
func flat(n *Node) bool {
	switch n.Form {
	case Map:
		return len(n.Entries) == 0
	case List:
		for _, item := range n.Items {
			if item.Form != Scalar {
				return false
			}
		}
	}
	return true
}

func (w *writer) indent(depth int) {
	for range depth {
		w.WriteString("  ")
	}
}

// entries writes the entries of a map, the first one where the line stands.
func (w *writer) entries(n *Node, depth int) {
	for i, entry := range n.Entries {
		if i > 0 {
			w.indent(depth)
		}
		w.WriteString(plainOrQuoted(entry.Key) + ":")
		switch {
		case flat(entry.Value):
			w.WriteByte(' ')
			w.inline(entry.Value)
			w.WriteByte('\n')
		case entry.Value.Form == Map:
			w.WriteByte('\n')
			w.indent(depth + 1)
			w.entries(entry.Value, depth+1)
		default:
			w.WriteByte('\n')
			w.indent(depth + 1)
			w.items(entry.Value, depth+1)
		}
	}
}

// items writes the entries of a list, the first one where the line stands.
func (w *writer) items(n *Node, depth int) {
	for i, item := range n.Items {
		if i > 0 {
			w.indent(depth)
		}
		w.WriteString("- ")
		switch {
		case flat(item):
			w.inline(item)
			w.WriteByte('\n')
		case item.Form == Map:
			w.entries(item, depth+1)
		default:
			w.items(item, depth+1)
		}
	}
}

// inline writes a part in one line.
func (w *writer) inline(n *Node) {
	switch {
	case n.Form == Map:
		w.WriteByte('{')
		for i, entry := range n.Entries {
			if i > 0 {
				w.WriteString(", ")
			}
			w.WriteString(plainOrQuoted(entry.Key) + ": ")
			w.inline(entry.Value)
		}
		w.WriteByte('}')
	case n.Form == List:
		w.WriteByte('[')
		for i, item := range n.Items {
			if i > 0 {
				w.WriteString(", ")
			}
			w.inline(item)
		}
		w.WriteByte(']')
	case n.Type == Text:
		w.WriteString(plainOrQuoted(n.Text))
	case n.Type == Null || n.Type == Unknown:
		w.WriteString("null")
	default:
		w.WriteString(n.Text)
	}
}

// plain is text that needs no quotes anywhere in YAML. It does not hold all of
// it, but all that names and paths are made of.
var plain = regexp.MustCompile(`^[A-Za-z_./][A-Za-z0-9_./@+%-]*$`)

// plainOrQuoted writes a text so that it is read back as this text.
func plainOrQuoted(text string) string {
	if plain.MatchString(text) && resolve(text) == Text && text != "..." {
		return text
	}
	return quote(text)
}

// quote writes a text in double quotes, in the escapes of YAML.
func quote(text string) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, char := range text {
		switch {
		case char == '"' || char == '\\':
			out.WriteByte('\\')
			out.WriteRune(char)
		case char == '\n':
			out.WriteString(`\n`)
		case char == '\t':
			out.WriteString(`\t`)
		case char == '\r', char == '\u0085', char == '\u2028', char == '\u2029', unprintable(char):
			if char > 0xffff {
				fmt.Fprintf(&out, `\U%08X`, char)
			} else {
				fmt.Fprintf(&out, `\u%04X`, char)
			}
		default:
			out.WriteRune(char)
		}
	}
	out.WriteByte('"')
	return out.String()
}
