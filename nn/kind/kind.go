// Package kind keeps the names a config can write: stages, layers, losses,
// optimizers, metrics, … Each family has one table, written out as one list.
//
// A table is the single source from which the parser takes the names and the
// defaults, and from which `pipe kinds`, `pipe explain`, the reference and the
// JSON Schema are made. The manual of a kind is the doc comment of its settings
// struct, read from the embedded source, so that it is never kept twice.
package kind

import (
	"fmt"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
)

// Kind is one name of a family.
type Kind struct {
	// Name is what a config writes, in snake_case.
	Name string
	// New gives a pointer to the settings struct with every default filled in.
	New func() any
	// Example is the smallest item that a reader can copy, as YAML.
	Example string
}

// Of makes a kind whose settings are a T, every default filled in by defaults.
func Of[T any](name, example string, defaults T) Kind {
	return Kind{Name: name, Example: example, New: func() any {
		settings := defaults
		return &settings
	}}
}

// Table lists the kinds of one family in the order in which a reader meets
// them. It is immutable once made, with Called and Mistaken at most.
type Table struct {
	family string
	kinds  []Kind
	index  map[string]int
	// elsewhere has the names of kinds in other programs.
	elsewhere map[string][]string
	// mistaken has, by a kind's name, the kind that has this name in other programs.
	mistaken map[string]string
	manual   func() (map[string]Manual, error)
}

var name = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// NewTable makes the table of a family ("layer", "loss", …). The sources are
// the Go files that declare the settings structs; their doc comments are the
// manual. It panics on a kind without a name, a duplicate, or one without
// settings: the lists are written in this program, so that is a bug in it.
func NewTable(family string, sources fs.FS, kinds ...Kind) *Table {
	table := &Table{family: family, kinds: kinds, index: make(map[string]int, len(kinds)), manual: manualOf(sources)}
	for i, k := range kinds {
		switch {
		case !name.MatchString(k.Name):
			panic(fmt.Sprintf("kind: %s %d is named %q: want snake_case", family, i, k.Name))
		case k.New == nil:
			panic(fmt.Sprintf("kind: %s %s has no settings", family, k.Name))
		case k.Example == "":
			panic(fmt.Sprintf("kind: %s %s has no example", family, k.Name))
		}
		if _, twice := table.index[k.Name]; twice {
			panic(fmt.Sprintf("kind: %s %s is listed twice", family, k.Name))
		}
		table.index[k.Name] = i
	}
	return table
}

// Called tells the table what other programs call its kinds, and gives the table.
// Nothing is read by those names: whoever writes one out of habit is told ours. Two
// kinds may have one name elsewhere. It panics on a kind that is not listed, and on
// a name elsewhere that is one of the table's own.
func (t *Table) Called(elsewhere map[string][]string) *Table {
	for ours, names := range elsewhere {
		if _, ok := t.index[ours]; !ok {
			panic(fmt.Sprintf("kind: no %s is named %s", t.family, ours))
		}
		for _, other := range names {
			if _, ok := t.index[other]; ok {
				panic(fmt.Sprintf("kind: %s is a %s itself, not only what others call %s", other, t.family, ours))
			}
		}
	}
	t.elsewhere = elsewhere
	return t
}

// Elsewhere lists what other programs call a kind.
func (t *Table) Elsewhere(name string) []string { return t.elsewhere[name] }

// Mistaken tells the table which of its names belong to another of its kinds in
// other programs, and gives the table. Whoever writes one with the settings of the
// other is told so. It panics on a kind that is not listed.
func (t *Table) Mistaken(names map[string]string) *Table {
	for ours, other := range names {
		for _, name := range []string{ours, other} {
			if _, ok := t.index[name]; !ok {
				panic(fmt.Sprintf("kind: no %s is named %s", t.family, name))
			}
		}
	}
	t.mistaken = names
	return t
}

// MistakenFor gives the kind that has a kind's name in other programs.
func (t *Table) MistakenFor(name string) (string, bool) {
	other, ok := t.mistaken[name]
	return other, ok
}

// Family says what the kinds are: "stage", "layer", "loss", …
func (t *Table) Family() string { return t.family }

// Names lists the kinds in the order of the table.
func (t *Table) Names() []string {
	names := make([]string, len(t.kinds))
	for i, k := range t.kinds {
		names[i] = k.Name
	}
	return names
}

// Kinds lists the kinds in the order of the table.
func (t *Table) Kinds() []Kind { return slices.Clone(t.kinds) }

// Lookup finds a kind by its name.
func (t *Table) Lookup(name string) (Kind, bool) {
	i, ok := t.index[name]
	if !ok {
		return Kind{}, false
	}
	return t.kinds[i], true
}

// New gives a pointer to the settings of the named kind with every default
// filled in, or false where the table has no such kind.
func (t *Table) New(name string) (any, bool) {
	k, ok := t.Lookup(name)
	if !ok {
		return nil, false
	}
	return k.New(), true
}

// Make gives the settings of the kind whose struct is a T, every default filled in,
// then changed by set: what a program writes where a config has the name. It panics
// if the table has no such kind.
func Make[T any](t *Table, set func(*T)) *T {
	for _, k := range t.kinds {
		if settings, is := k.New().(*T); is {
			set(settings)
			return settings
		}
	}
	panic(fmt.Sprintf("kind: no %s is a %s", t.family, reflect.TypeFor[T]().Name()))
}

// NameOf gives the name under which the settings (a pointer to a settings
// struct) are listed. Two kinds may share a struct only if they never need to
// be told apart; the first one listed is named.
func (t *Table) NameOf(settings any) (string, bool) {
	want := reflect.TypeOf(settings)
	for _, k := range t.kinds {
		if reflect.TypeOf(k.New()) == want {
			return k.Name, true
		}
	}
	return "", false
}
