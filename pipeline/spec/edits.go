package spec

import (
	"strings"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// What follows are edits that write into a config or take something out of it, by
// the rules of YAML at their place. Each is nil where the config is written in a
// way that does not take such an edit.

// Adding is the edit that writes another setting into a part: into a map, or
// behind the name of a kind that stands alone.
func Adding(n *Node, key, value string) []diag.Edit {
	setting := key + ": " + value
	switch {
	case n == nil:
		return nil
	case n.Form == Scalar && n.IsText() && !n.Quoted:
		return put(n.at().End, n.at().File, ": {"+setting+"}")
	case n.Form != Map || n.isUsed():
		return nil
	case len(n.Entries) == 0:
		inside := n.Span.Start
		inside.Column++
		return put(inside, n.Span.File, setting)
	}
	last := n.Entries[len(n.Entries)-1].Value.at().End
	if last.Compare(n.Span.End) < 0 { // a bracket follows
		return put(last, n.Span.File, ", "+setting)
	}
	first := n.Entries[0].KeySpan.Start
	return put(first, n.Span.File, setting+"\n"+indent(first.Column))
}

// Removing is the edit that takes a setting out of the map that has it.
func Removing(n *Node, key string) []diag.Edit {
	entry, written := n.Entry(key)
	if !written || n.isUsed() {
		return nil
	}
	return []diag.Edit{{Span: diag.Span{File: entry.KeySpan.File, Start: entry.KeySpan.Start, End: entry.Value.at().End}}}
}

// Adding is the edit that writes another setting of the item.
func (i Item) Adding(key, value string) []diag.Edit {
	if i.Settings != nil || i.whole == nil {
		return Adding(i.Settings, key, value)
	}
	return Adding(i.whole, key, value)
}

// Removing is the edit that takes a setting of the item out.
func (i Item) Removing(key string) []diag.Edit { return Removing(i.Settings, key) }

// Above is the edit that puts an item in front of this one.
func (i Item) Above(text string) []diag.Edit {
	if i.whole == nil {
		return nil
	}
	at := i.whole.at()
	if i.flows() {
		return put(at.Start, at.File, text+", ")
	}
	dash := i.list.Span.Start.Column
	return put(diag.Position{Line: at.Start.Line, Column: dash}, at.File, "- "+text+"\n"+indent(dash))
}

// Below is the edit that puts an item behind this one.
func (i Item) Below(text string) []diag.Edit {
	if i.whole == nil {
		return nil
	}
	at := i.whole.at()
	if i.flows() {
		return put(at.End, at.File, ", "+text)
	}
	return put(at.End, at.File, "\n"+indent(i.list.Span.Start.Column)+"- "+text)
}

// Without is the edit that takes the item out of its list.
func (i Item) Without() []diag.Edit {
	if i.whole == nil {
		return nil
	}
	return []diag.Edit{{Span: i.whole.at()}}
}

// MovedBelow are the edits that move the item behind another one of its list.
func (i Item) MovedBelow(other Item) []diag.Edit {
	if i.whole == nil || other.whole == nil || i.list != other.list || i.place == other.place {
		return nil
	}
	moved := other.Below("")
	moved[0].Moved = i.whole.at()
	return append(moved, i.Without()...)
}

// Appending is the edit that writes one more item at the end of a list.
func Appending(n *Node, text string) []diag.Edit {
	if n == nil || n.Form != List || len(n.Items) == 0 || n.isUsed() {
		return nil
	}
	last := n.Items[len(n.Items)-1]
	return Item{list: n, whole: last}.Below(text)
}

// flows says that the item's list is in brackets: it ends behind its last item.
func (i Item) flows() bool {
	return i.list.Items[len(i.list.Items)-1].at().End.Compare(i.list.Span.End) < 0
}

func put(at diag.Position, file, text string) []diag.Edit {
	return []diag.Edit{{Span: diag.Span{File: file, Start: at, End: at}, Text: text}}
}

// indent is the space in front of a column.
func indent(column int) string { return strings.Repeat(" ", column-1) }
