package spec

import (
	"slices"
	"strconv"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Spans finds the places of settings. A path names a setting, then goes on
// inside of it: the key of a map, the index of a list. The kind in between
// (`adam` in `optimizer: {adam: {…}}`, the kind's word of an item) may be left
// out. The zero Spans has no place.
type Spans struct {
	settings *Node
	around   diag.Span
	// positional names the setting that the node stands for when it is not a map
	// of settings.
	positional string
}

// At gives the places in settings that stand somewhere around.
func At(settings *Node, around diag.Span) Spans { return Spans{settings: settings, around: around} }

// Given says whether the config spells out what the path leads to.
func (s Spans) Given(path ...string) bool { return s.Node(path...) != nil }

// Of is the place of a value, or of the nearest thing around it that is
// written.
func (s Spans) Of(path ...string) diag.Span {
	for ; len(path) > 0; path = path[:len(path)-1] {
		if n := s.Node(path...); n != nil {
			return n.Span
		}
	}
	if s.settings != nil && !s.settings.IsNull() {
		return s.settings.Span
	}
	return s.around
}

// Node is the value that the path leads to, nil if it is not written.
func (s Spans) Node(path ...string) *Node {
	n := s.settings
	if n == nil {
		return nil
	}
	if s.positional != "" && len(path) > 0 && path[0] == s.positional {
		path = path[1:]
	}
	for _, key := range path {
		if n = step(n, key); n == nil {
			return nil
		}
	}
	return n
}

// step goes one key or index into a part.
func step(n *Node, key string) *Node {
	switch n.Form {
	case List:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(n.Items) {
			return n.Items[i]
		}
	case Map:
		if value, ok := n.Get(key); ok {
			return value
		}
		kind := -1
		for i, entry := range n.Entries {
			if slices.Contains(reserved, entry.Key) {
				continue
			}
			if kind >= 0 {
				return nil
			}
			kind = i
		}
		if kind >= 0 && n.Entries[kind].Value.Form != Scalar {
			return step(n.Entries[kind].Value, key)
		}
	}
	return nil
}
