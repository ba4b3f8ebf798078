// Package spec turns the bytes of a config into settings structs: YAML to a tree
// that remembers where every part stands ([Parse], [Load]), lists of the tree to
// items ([Items]), nodes of the tree to structs ([Decoder]). Whatever is wrong on
// the way becomes a diagnostic that points into the file. It is the only
// importer of the YAML library, and knows no kind of stage or layer by name.
package spec

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Form is the outer form of a node.
type Form uint8

// The three forms of YAML.
const (
	Scalar Form = iota
	List
	Map
)

// Type is what the text of a scalar stands for.
type Type uint8

// The types of scalars. Quoted text is Text whatever it says. Unknown is the
// type of a value that could not be found out, like a variable that is not
// defined: the problem has been reported, and nothing more can be said of it.
const (
	Text Type = iota
	Integer
	Real
	Boolean
	Null
	Unknown
)

// Node is a part of the tree: a map, a list or a scalar. A tree is not changed
// once it is made, and parts that are named by aliases and variables are shared.
type Node struct {
	Form Form
	// Span is where the text stands. An empty value has an empty span behind
	// its colon; a block map reaches to the end of its last entry.
	Span diag.Span
	// Used is where an alias or a variable put the node to use, if it stands
	// elsewhere.
	Used diag.Span
	// Entries are a map's, in their order, keys unique.
	Entries []Entry
	// Items are a list's.
	Items []*Node
	// Text is a scalar's, without its quotes and escapes; Type is what it
	// stands for; Quoted says whether it was in quotes or a block of text.
	Text   string
	Type   Type
	Quoted bool
	// Environment says that a variable of the environment was put into the text.
	Environment bool
}

// Whole says that every value in the node could be found out.
func (n *Node) Whole() bool {
	if n == nil {
		return true
	}
	if n.Form == Scalar {
		return n.Type != Unknown
	}
	for _, e := range n.Entries {
		if !e.Value.Whole() {
			return false
		}
	}
	return !slices.ContainsFunc(n.Items, func(item *Node) bool { return !item.Whole() })
}

// Entry is a key of a map and its value.
type Entry struct {
	Key     string
	KeySpan diag.Span
	Value   *Node
}

// Entry finds the entry of a map with the key; nothing is found in a node of
// another form, nil included.
func (n *Node) Entry(key string) (Entry, bool) {
	if n == nil {
		return Entry{}, false
	}
	i := slices.IndexFunc(n.Entries, func(e Entry) bool { return e.Key == key })
	if i < 0 {
		return Entry{}, false
	}
	return n.Entries[i], true
}

// Get finds the value of a key in a map.
func (n *Node) Get(key string) (*Node, bool) {
	entry, ok := n.Entry(key)
	return entry.Value, ok
}

// Keys lists the keys of a map in their order.
func (n *Node) Keys() []string {
	if n == nil {
		return nil
	}
	keys := make([]string, len(n.Entries))
	for i, entry := range n.Entries {
		keys[i] = entry.Key
	}
	return keys
}

// IsText says whether the node is a scalar that stands for text.
func (n *Node) IsText() bool { return n.Form == Scalar && n.Type == Text }

// IsNull says whether the node is an empty value, `null` or `~`.
func (n *Node) IsNull() bool { return n.Form == Scalar && n.Type == Null }

// isUsed says whether an alias or a variable put the node to use.
func (n *Node) isUsed() bool { return n.Used != (diag.Span{}) }

// at is where the node stands in the part of the file that uses it.
func (n *Node) at() diag.Span {
	if n.isUsed() {
		return n.Used
	}
	return n.Span
}

// Describe says in a few words what the node is, as in "got …".
func (n *Node) Describe() string {
	switch n.Form {
	case Map:
		return "a map"
	case List:
		if len(n.Items) == 0 {
			return "an empty list"
		}
		return fmt.Sprintf("a list of %d", len(n.Items))
	}
	switch n.Type {
	case Null:
		return "nothing"
	case Text:
		return fmt.Sprintf("the text %q", shorten(n.Text))
	}
	return shorten(n.Text)
}

// widestQuote is the number of runes of a user's text that a message repeats.
const widestQuote = 40

// shorten cuts a text to what a message can show.
func shorten(text string) string {
	line, _, more := strings.Cut(text, "\n")
	if utf8.RuneCountInString(line) > widestQuote {
		line, more = string([]rune(line)[:widestQuote]), true
	}
	if more {
		line += "…"
	}
	return line
}
