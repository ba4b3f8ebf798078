package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline/diag"
)

// widestList is the number of characters up to which a list of names fits a
// line.
const widestList = 100

// locate puts a diagnostic at a value. If an alias or a variable brought it
// where it is used, that place is shown too.
func locate(d diag.Diagnostic, n *Node) diag.Diagnostic {
	d.Primary.Span = n.Span
	if n.isUsed() {
		d = d.And(n.Used, "used here")
	}
	return d
}

// suggestName adds the known name that is meant, or, where none is near, all of
// them if they fit a line, and what else can be done.
func suggestName(d diag.Diagnostic, name string, known []string, plural, otherwise string) diag.Diagnostic {
	if near, ok := diag.Nearest(name, known); ok {
		return d.Suggest(fmt.Sprintf("did you mean %s?", near))
	}
	if list := strings.Join(known, ", "); list != "" && len(list) <= widestList {
		d = d.Note("%s: %s", plural, list)
	}
	return d.Suggest(otherwise)
}

// meant adds the known name that somebody meant who wrote another one, and says
// whether there is any.
func meant(d diag.Diagnostic, written string, at diag.Span, known []string, elsewhere func(known string) []string) (diag.Diagnostic, bool) {
	switch names, sure := likely(written, known, elsewhere); len(names) {
	case 0:
		return d, false
	case 1:
		return suggestOne(d, names[0], at, sure), true
	default:
		d = d.Note("elsewhere %s may be %s", shorten(written), either(names))
		return d.Suggest(fmt.Sprintf("write the one that fits; `pipe explain %s` says what it is for, and so of the others", names[0])), true
	}
}

// likely lists the known names that what is written may stand for: the same but
// for its spelling; those that other programs call so; or the one that is near,
// which is sure only if it is surely meant, since it may belong to something else.
func likely(written string, known []string, elsewhere func(known string) []string) (names []string, sure bool) {
	near, ok := diag.Nearest(written, known)
	if ok && diag.Alike(written, near) {
		return []string{near}, true
	}
	for _, name := range known {
		if slices.ContainsFunc(elsewhere(name), func(other string) bool { return diag.Alike(written, other) }) {
			names = append(names, name)
		}
	}
	switch {
	case len(names) > 0:
		return names, len(names) == 1
	case ok:
		return []string{near}, diag.Misspelt(written, near, known)
	}
	return nil, false
}

// suggestOne suggests a name, and if it is sure, to write it where another stands.
func suggestOne(d diag.Diagnostic, name string, at diag.Span, sure bool) diag.Diagnostic {
	text := fmt.Sprintf("did you mean %s?", name)
	if sure {
		return d.Suggest(text, diag.Edit{Span: at, Text: name})
	}
	return d.Suggest(text)
}

// nowhere is for names that other programs do not have.
func nowhere(string) []string { return nil }

// unknownKey reports a key that nothing reads; what says what it should be, as
// in "setting of conv3d".
func unknownKey(entry Entry, what string, known []string, elsewhere func(known string) []string) diag.Diagnostic {
	d := diag.New(YML004, entry.KeySpan, fmt.Sprintf("this is no %s", what))
	if entry.Value != nil && entry.Value.isUsed() && entry.Value.Used.File == entry.KeySpan.File && entry.Value.Used.Compare(entry.KeySpan) > 0 {
		d = d.And(entry.Value.Used, "used here")
	}
	if d, ok := meant(d, entry.Key, entry.KeySpan, known, elsewhere); ok {
		return d
	}
	switch list := strings.Join(known, ", "); {
	case list == "":
		return d.Note("there are none").Suggest("remove the key")
	case len(list) <= widestList:
		return d.Note("what can be written here: %s", list).Suggest("remove the key, or use one of these")
	}
	// Only kinds have so many settings that a line does not hold them.
	kind := strings.TrimPrefix(what, "setting of ")
	return d.Suggest(fmt.Sprintf("remove the key; `pipe explain %s` lists what can be written", kind))
}
