package main

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/stages"
)

func newExplain(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "explain CODE or KIND",
		Short: "Explain an error code, or a stage, layer, loss, …",
		Long: `explain shows the page of an error code: what it means, why it matters, the ways
out, a config that fails and the mended one. For a stage, a layer, a loss or any
other kind it shows what it does, its settings and their defaults, and an example.`,
		Example: "  pipe explain SHP006\n  pipe explain conv3d",
		Args:    takes(1, 1, "one code or kind"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return explainable(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.explainWord(args[0]) },
	}
}

func (a *app) explainWord(word string) error {
	for _, code := range stages.Codes() {
		if strings.EqualFold(code.ID, word) {
			_, err := io.WriteString(a.out, code.Page())
			return err
		}
	}
	found := false
	for _, table := range families() {
		name := strings.ReplaceAll(strings.ToLower(word), "-", "_")
		if _, listed := table.Lookup(name); !listed || (found && table.Family() == "activation") {
			continue // an activation has been explained as the layer that it is too
		}
		if found {
			fmt.Fprintln(a.out)
		}
		page, err := kindPage(table, name, "#")
		if err != nil {
			return err
		}
		if _, err := io.WriteString(a.out, page); err != nil {
			return err
		}
		found = true
	}
	if found {
		return nil
	}
	problem := &usage{problem: fmt.Sprintf("there is no code or kind %q", word), help: "see `pipe kinds` for what there is"}
	if near, ok := calledElsewhere(word); ok {
		problem.help = fmt.Sprintf("did you mean `pipe explain %s`?", near)
	} else if near, ok := diag.Nearest(word, explainable()); ok {
		problem.help = fmt.Sprintf("did you mean `pipe explain %s`?", near)
	}
	return problem
}

// calledElsewhere finds the first kind that other programs call so.
func calledElsewhere(word string) (string, bool) {
	for _, table := range families() {
		for _, name := range table.Names() {
			if slices.ContainsFunc(table.Elsewhere(name), func(other string) bool { return diag.Alike(word, other) }) {
				return name, true
			}
		}
	}
	return "", false
}

// explainable lists everything that can be explained, kinds first.
func explainable() []string {
	var words []string
	for _, table := range families() {
		words = append(words, table.Names()...)
	}
	for _, code := range stages.Codes() {
		words = append(words, code.ID)
	}
	return words
}

// kindPage is the manual of a kind as Markdown, under a heading of the given
// level.
func kindPage(table *kind.Table, name, heading string) (string, error) {
	manual, err := table.Manual(name)
	if err != nil {
		return "", err
	}
	k, _ := table.Lookup(name)
	var page strings.Builder
	fmt.Fprintf(&page, "%s %s (%s)\n\n%s\n", heading, name, table.Family(), manual.Text)
	if len(manual.Settings) > 0 {
		fmt.Fprintf(&page, "\n%s# Settings\n\n", heading)
		addSettings(&page, "", manual.Settings, stages.Language().Decoder.Encode(k.New()))
	}
	fmt.Fprintf(&page, "\n%s# Example\n\n```yaml\n%s\n```\n", heading, strings.TrimRight(k.Example, "\n"))
	return page.String(), nil
}

// addSettings lists settings, those below a setting one step further in.
func addSettings(page *strings.Builder, indent string, settings []kind.Setting, defaults *spec.Node) {
	for _, s := range settings {
		fmt.Fprintf(page, "%s- `%s` (%s): %s\n", indent, s.Name, terms(s, defaults), s.Text)
		below, _ := defaults.Get(s.Name)
		addSettings(page, indent+"  ", s.Settings, below)
	}
}

// terms say what a setting takes and what it is if it is not written:
// "integer, default 32, at least 1".
func terms(s kind.Setting, defaults *spec.Node) string {
	parts := []string{typeWords(s.Field.Type)}
	tag := s.Field.Tag.Get("validate")
	if len(s.Settings) > 0 {
		return strings.Join(parts, ", ")
	}
	if value := defaultText(s, defaults); value != "" {
		parts = append(parts, "default `"+value+"`")
	} else if needed(s) {
		parts = append(parts, "required")
	} else {
		parts = append(parts, "not set by default")
	}
	return strings.Join(append(parts, limits(tag)...), ", ")
}

// needed says whether a setting has to be written: its rules ask for a value that
// its default is not.
func needed(s kind.Setting) bool {
	zero := reflect.ValueOf(s.Default).IsValid() && reflect.ValueOf(s.Default).IsZero()
	if !zero && s.Default != nil {
		return false
	}
	for rule := range strings.SplitSeq(s.Field.Tag.Get("validate"), ",") {
		name, value, _ := strings.Cut(rule, "=")
		limit, _ := strconv.ParseFloat(value, 64)
		switch {
		case name == "omitempty" || name == "dive":
			return false
		case name == "required", name == "gt" && limit >= 0, (name == "min" || name == "gte") && limit > 0:
			return true
		}
	}
	return false
}

// defaultText is the default as a config would write it, "" if there is none.
func defaultText(s kind.Setting, defaults *spec.Node) string {
	value, written := defaults.Get(s.Name)
	switch {
	case !written || value.IsNull() || needed(s):
		return ""
	case value.Form == spec.Scalar && value.Text == "":
		return ""
	case value.Form == spec.List && len(value.Items) == 0:
		return ""
	}
	return inline(value)
}

// inline writes a part of a config in one line.
func inline(n *spec.Node) string {
	var parts []string
	switch n.Form {
	case spec.List:
		for _, item := range n.Items {
			parts = append(parts, inline(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case spec.Map:
		for _, e := range n.Entries {
			if e.Value.Form == spec.Map && len(e.Value.Entries) == 0 && len(n.Entries) == 1 {
				return e.Key
			}
			parts = append(parts, e.Key+": "+inline(e.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return n.Text
}

// limits puts the rules of a setting into words.
func limits(tag string) []string {
	var words []string
	for rule := range strings.SplitSeq(tag, ",") {
		name, value, _ := strings.Cut(rule, "=")
		if name == "dive" {
			break // what follows is about the elements
		}
		switch name {
		case "min", "gte":
			words = append(words, "at least "+value)
		case "max", "lte":
			words = append(words, "at most "+value)
		case "gt":
			words = append(words, "above "+value)
		case "lt":
			words = append(words, "below "+value)
		case "len":
			words = append(words, "exactly "+value)
		case "oneof":
			words = append(words, "one of "+joined(strings.Fields(value)))
		case "unique":
			words = append(words, "each once")
		}
	}
	return words
}

// joined gives "a, b, c".
func joined(words []string) string { return strings.Join(words, ", ") }

// plainText is Markdown's text without its backticks and backslashes.
func plainText(markdown string) string {
	return strings.NewReplacer("`", "", `\`, "").Replace(markdown)
}

// typeWords say what a setting takes.
func typeWords(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		return typeWords(t.Elem())
	}
	if table, named := stages.Families()[t]; named {
		return table.Family()
	}
	if words, union := unionWords(t); union {
		return words
	}
	switch t.Kind() {
	case reflect.Int, reflect.Uint64:
		return "integer"
	case reflect.Float64:
		return "number"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	case reflect.Array:
		if t.Len() == sizeRank && t.Elem().Kind() == reflect.Int {
			return "one size or three"
		}
		if t == reflect.TypeFor[[sizeRank][2]int]() {
			return "one size, three, or three pairs"
		}
		return strconv.Itoa(t.Len()) + " " + pluralWords(t.Elem())
	case reflect.Slice:
		if isItems(t) {
			return "list of layers"
		}
		if mayBeSingle(t) {
			return typeWords(t.Elem()) + " or list of " + pluralWords(t.Elem())
		}
		return "list of " + pluralWords(t.Elem())
	case reflect.Map:
		return "map of " + pluralWords(t.Elem())
	}
	return "settings"
}

// unionWords say what a setting takes that reads itself: it says so when it is
// given nothing.
func unionWords(t reflect.Type) (string, bool) {
	union, ok := reflect.New(t).Interface().(interface{ DecodeNode(*spec.Node) error })
	if !ok {
		return "", false
	}
	if err := union.DecodeNode(&spec.Node{Form: spec.Scalar, Type: spec.Null}); err != nil {
		words, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "want "), " got nothing")
		return strings.TrimRight(words, ",; "), true
	}
	return "settings", true
}

// mayBeSingle says that a list of one may be written as that one.
func mayBeSingle(t reflect.Type) bool { return t.Implements(reflect.TypeFor[interface{ Single() }]()) }

// sizeRank is the number of sizes of a volume.
const sizeRank = 3

// isItems says whether a setting is a list of items with ids and inputs.
func isItems(t reflect.Type) bool {
	if t.Kind() != reflect.Slice || t.Elem().Kind() != reflect.Struct {
		return false
	}
	_, id := t.Elem().FieldByName("ID")
	_, unit := t.Elem().FieldByName("Unit")
	return id && unit
}

func pluralWords(t reflect.Type) string {
	words := typeWords(t)
	switch words {
	case "text":
		return "texts"
	case "settings", "true or false":
		return words
	}
	return plural(words)
}
