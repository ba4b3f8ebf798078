package spec

import (
	"strings"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Shared is a stretch of a config that counts in more places than the one where
// it stands, and why.
type Shared struct {
	Span diag.Span
	Why  string
}

// SharedPlaces lists the stretches of a text whose change would change more than
// one thing: values of variables, and what aliases and merges repeat.
func SharedPlaces(file, text string) []Shared {
	root := Parse(file, text, &diag.List{})
	if root == nil {
		return nil
	}
	var places []Shared
	if vars, written := root.Entry("vars"); written {
		places = append(places, Shared{vars.Value.Span, "it is the value of a variable"})
	}
	var walk func(n *Node)
	walk = func(n *Node) {
		if n.isUsed() {
			places = append(places, Shared{n.Span, "an alias repeats it elsewhere"}, Shared{n.Used, "it is an alias"})
			return
		}
		if n.IsText() && strings.Contains(n.Text, "${") {
			places = append(places, Shared{n.Span, "a variable is put in there"})
		}
		for _, item := range n.Items {
			walk(item)
		}
		for _, entry := range n.Entries {
			// An anchor stands above its aliases: what is behind its key was merged in.
			if entry.Value.isUsed() && entry.KeySpan.Compare(entry.Value.Span) < 0 {
				places = append(places, Shared{entry.KeySpan, "an alias repeats it elsewhere"})
			}
			walk(entry.Value)
		}
	}
	walk(root)
	return places
}

// Overlaps says whether two spans of one file have a place in common. A span
// without length lies in those that go on at both of its sides.
func Overlaps(a, b diag.Span) bool {
	if a.File != b.File {
		return false
	}
	return a.Start.Compare(b.End) < 0 && b.Start.Compare(a.End) < 0 || a == b
}
