package spec

import (
	"fmt"
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

// unknownKey reports a key that nothing reads; what says what it should be, as
// in "setting of conv3d".
func unknownKey(entry Entry, what string, known []string) diag.Diagnostic {
	d := diag.New(YML004, entry.KeySpan, fmt.Sprintf("this is no %s", what))
	if entry.Value != nil && entry.Value.isUsed() && entry.Value.Used.File == entry.KeySpan.File && entry.Value.Used.Compare(entry.KeySpan) > 0 {
		d = d.And(entry.Value.Used, "used here")
	}
	if near, ok := diag.Nearest(entry.Key, known); ok {
		return d.Suggest(fmt.Sprintf("did you mean %s?", near), diag.Edit{Span: entry.KeySpan, Text: near})
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
