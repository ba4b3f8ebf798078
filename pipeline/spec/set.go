package spec

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// setting is a setting of the command line: "train.epochs=3". It stands in a
// file of its own that exists only in messages, "--set train.epochs=3".
type setting struct {
	file  string
	path  []string
	value *Node
}

// settingPrefix is how the name and the text of such a file begin.
const settingPrefix = "--set "

func isSetting(file string) bool { return strings.HasPrefix(file, settingPrefix) }

// settings reads the settings of the command line.
func (l *loader) settings() []setting {
	var settings []setting
	for _, text := range l.options.Set {
		file := settingPrefix + text
		l.file.texts[file] = file
		path, value, assigned := strings.Cut(text, "=")
		s := setting{file: file, path: strings.Split(path, ".")}
		if !assigned || slices.Contains(s.path, "") {
			l.problems.Add(diag.New(YML016, s.span(0, utf8.RuneCountInString(text)), "want a setting and its value").
				Suggest("write id.setting=value, as in train.epochs=3"))
			continue
		}
		if s.value = s.parse(value, utf8.RuneCountInString(path)+1, l.problems); s.value != nil {
			settings = append(settings, s)
		}
	}
	return settings
}

// parse reads the value, which begins so many characters behind the prefix.
func (s *setting) parse(value string, at int, problems *diag.List) *Node {
	if strings.TrimSpace(value) == "" {
		return &Node{Type: Null, Span: s.span(at, at)}
	}
	// Spaces in front give every part of the value its true column.
	return Parse(s.file, strings.Repeat(" ", len(settingPrefix)+at)+value, problems)
}

// span is a stretch of characters behind the prefix.
func (s *setting) span(from, to int) diag.Span {
	column := len(settingPrefix) + 1
	return diag.Span{File: s.file, Start: diag.Position{Line: 1, Column: column + from}, End: diag.Position{Line: 1, Column: column + to}}
}

// step is the place of one name of the path.
func (s *setting) step(i int) diag.Span {
	from := 0
	for _, before := range s.path[:i] {
		from += utf8.RuneCountInString(before) + 1
	}
	return s.span(from, from+utf8.RuneCountInString(s.path[i]))
}

// entry is one that the path adds to a map or replaces.
func (s *setting) entry(i int, value *Node) Entry {
	return Entry{Key: s.path[i], KeySpan: s.step(i), Value: value}
}

// setPhase says which settings to apply: those of variables have to be known
// before the variables are used.
type setPhase bool

const (
	aboutVariables setPhase = true
	aboutTheRest   setPhase = false
)

// settable are the keys of the pipeline itself that can be set.
var settable = []string{"name", "seed", "runs"}

// set applies settings to a config; the tree is copied where it changes.
func (l *loader) set(root *Node, settings []setting, phase setPhase) *Node {
	for _, s := range settings {
		if (s.path[0] == "vars" && len(s.path) > 1) != bool(phase) {
			continue
		}
		var changed *Node
		var problem *diag.Diagnostic
		switch stages, _ := root.Get("stages"); {
		case phase == aboutVariables:
			changed, problem = s.variable(root)
		case len(s.path) == 1 && slices.Contains(settable, s.path[0]):
			changed = replaced(root, s.entry(0, s.value))
		case stages == nil || stages.Form != List:
			continue // what is wrong with the stages is reported elsewhere
		default:
			changed, problem = s.stage(root, stages)
		}
		if problem != nil {
			l.problems.Add(*problem)
			continue
		}
		root = changed
	}
	return root
}

// replaced is the map with another value for a key, or with the key added.
func replaced(n *Node, entry Entry) *Node {
	changed := *n
	changed.Entries = slices.Clone(n.Entries)
	if i := slices.IndexFunc(n.Entries, func(e Entry) bool { return e.Key == entry.Key }); i >= 0 {
		changed.Entries[i] = entry
	} else {
		changed.Entries = append(changed.Entries, entry)
	}
	return &changed
}

// refuse makes a problem with one name of the path.
func (s *setting) refuse(i int, label string, args ...any) diag.Diagnostic {
	return diag.New(YML016, s.step(i), fmt.Sprintf(label, args...))
}

// variable sets one that is defined.
func (s *setting) variable(root *Node) (*Node, *diag.Diagnostic) {
	vars, _ := root.Get("vars")
	within, problem := s.existing(vars, 1)
	if problem != nil {
		return nil, problem
	}
	return replaced(root, s.entry(0, within)), nil
}

// existing sets what the path leads to through maps that have it.
func (s *setting) existing(n *Node, i int) (*Node, *diag.Diagnostic) {
	if i == len(s.path) {
		return s.value, nil
	}
	inner, ok := n.Entry(s.path[i])
	if !ok {
		d := suggestName(s.refuse(i, "no variable is named %s", shorten(s.path[i])), s.path[i], n.Keys(), "variables", "define it in the file, below vars")
		return nil, &d
	}
	value, problem := s.existing(inner.Value, i+1)
	if problem != nil {
		return nil, problem
	}
	inner.Value = value
	return replaced(n, inner), nil
}

// stage sets a setting of a stage.
func (s *setting) stage(root, stages *Node) (*Node, *diag.Diagnostic) {
	if len(s.path) == 1 {
		ids := idsOf(stages)
		if slices.Contains(ids, s.path[0]) {
			d := s.refuse(0, "this is a stage").Suggest(fmt.Sprintf("name a setting of it: %s.setting=value", s.path[0]))
			return nil, &d
		}
		d := suggestName(s.refuse(0, "this cannot be set"), s.path[0], settable, "what can be set without a stage", "write id.setting=value, as in train.epochs=3")
		return nil, &d
	}
	changed, problem := s.item(stages, 0, "stage")
	if problem != nil {
		return nil, problem
	}
	entry, _ := root.Entry("stages")
	entry.Value = changed
	return replaced(root, entry), nil
}

// anyKind is a table without kinds: ids do not depend on which kinds exist.
var anyKind = kind.NewTable("item", nil)

// idsOf gives the id of each entry of a list of items; "" for one without.
func idsOf(list *Node) []string {
	ids := make([]string, len(list.Items))
	for _, item := range Items(list, anyKind, nil) {
		ids[item.place] = item.ID
	}
	return ids
}

// item sets something in the item that the path names at i.
func (s *setting) item(list *Node, i int, family string) (*Node, *diag.Diagnostic) {
	ids := idsOf(list)
	at := slices.Index(ids, s.path[i])
	if at < 0 {
		d := suggestName(s.refuse(i, "no %s has this id", family), s.path[i], slices.DeleteFunc(ids, func(id string) bool { return id == "" }),
			"the ids", "name one that the file has")
		return nil, &d
	}
	changed := *list
	changed.Items = slices.Clone(list.Items)
	n := list.Items[at]
	if n.Form == Scalar { // a kind alone
		n = &Node{Form: Map, Span: n.Span, Used: n.Used, Entries: []Entry{{Key: n.Text, KeySpan: n.Span}}}
	}
	kindAt := slices.IndexFunc(n.Entries, func(e Entry) bool { return !slices.Contains(reserved, e.Key) })
	if kindAt < 0 || i+1 == len(s.path) {
		d := s.refuse(i, "this is an item, not a setting").Suggest("name a setting of it")
		return nil, &d
	}
	entry := n.Entries[kindAt]
	value, problem := s.within(entry.Value, i+1)
	if problem != nil {
		return nil, problem
	}
	entry.Value = value
	changed.Items[at] = replaced(n, entry)
	return &changed, nil
}

// within sets something in a value, which is nil where none is written. Whether
// such a setting exists is for the decoder to say.
func (s *setting) within(n *Node, i int) (*Node, *diag.Diagnostic) {
	if i == len(s.path) {
		return s.value, nil
	}
	switch {
	case n == nil || n.Form == Scalar && (n.Type == Null || n.Type == Unknown):
		n = &Node{Form: Map, Span: s.step(i)}
	case n.Form == List:
		return s.item(n, i, "entry")
	case n.Form == Scalar && canonical(n.Text) == canonical(s.path[i]): // adam, in optimizer.adam.learning_rate
		n = &Node{Form: Map, Span: n.Span, Used: n.Used, Entries: []Entry{{Key: n.Text, KeySpan: n.Span}}}
		if i+1 == len(s.path) {
			return replaced(n, Entry{Key: n.Entries[0].Key, KeySpan: s.step(i), Value: s.value}), nil
		}
		inner, problem := s.within(nil, i+1)
		if problem != nil {
			return nil, problem
		}
		return replaced(n, Entry{Key: n.Entries[0].Key, KeySpan: n.Span, Value: inner}), nil
	case n.Form == Scalar:
		d := s.refuse(i, "the setting is %s here, which has no parts", shorten(n.Text)).And(n.Span, "it is written here").
			Suggest(fmt.Sprintf("write %s.%s.%s=value if it is a setting of it", strings.Join(s.path[:i], "."), shorten(n.Text), s.path[i]))
		return nil, &d
	}
	entry, written := n.Entry(s.path[i])
	if !written {
		entry = s.entry(i, nil)
	}
	value, problem := s.within(entry.Value, i+1)
	if problem != nil {
		return nil, problem
	}
	entry.Value = value
	return replaced(n, entry), nil
}
